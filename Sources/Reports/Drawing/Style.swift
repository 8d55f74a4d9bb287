/// The look shared by all charts: legible on white and, where the reader prefers it, on dark.
///
/// Series colours are Okabe and Ito's palette (2008), which stays distinct for colour-blind readers; the dark variant is
/// lightened to keep contrast. Lines differ in their dashes as well.
enum Style {
    /// Distinct series styles; further series start over.
    static let seriesCount = 6

    private static let light = ["#0072b2", "#d55e00", "#009e73", "#aa4499", "#b07d00", "#4d4d4d"]
    private static let dark = ["#56b4e9", "#ff9548", "#2fd0a0", "#e29bc8", "#f0c74a", "#c8c8c8"]
    private static let dashes = ["none", "7 3", "2 3", "9 3 2 3", "4 2", "1 2"]

    static var css: String {
        var rules = """
            text{font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;fill:#1f2328}\
            .back{fill:#ffffff}.title{font-size:15px;font-weight:600}.label{font-size:12px}.tick{font-size:11px;fill:#59636e}\
            .grid{stroke:#d1d9e0;stroke-width:1}.frame{stroke:#818b98;stroke-width:1;fill:none}.line{fill:none;\
            stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}.aid{stroke:#59636e;stroke-width:1.2;\
            stroke-dasharray:5 4;fill:none}.shade{fill:#cf222e;fill-opacity:.16}.dots{stroke-width:4;stroke-opacity:.3}.cell{stroke:#d1d9e0;stroke-width:.5}\
            .heat{fill:#0072b2}.inverse{fill:#ffffff}
            """
        for (index, colour) in light.enumerated() {
            rules += ".s\(index){stroke:\(colour)}.f\(index){fill:\(colour)}.d\(index){stroke-dasharray:\(dashes[index])}"
        }
        rules += "@media (prefers-color-scheme:dark){text{fill:#e6edf3}.back{fill:#0d1117}.tick{fill:#9198a1}"
        rules += ".grid{stroke:#2b3139}.frame{stroke:#656c76}.aid{stroke:#9198a1}.shade{fill:#ff7b72;fill-opacity:.25}"
        rules += ".cell{stroke:#2b3139}.heat{fill:#56b4e9}.inverse{fill:#0d1117}"
        for (index, colour) in dark.enumerated() { rules += ".s\(index){stroke:\(colour)}.f\(index){fill:\(colour)}" }
        return rules + "}"
    }
}
