import Foundation

/// A table of counts as a heat map, for example a confusion matrix: rows the truth, columns the choice.
public struct MatrixChart: Sendable {
    public var title: String
    public var rowsLabel: String
    public var columnsLabel: String
    public var rowNames: [String]
    public var columnNames: [String]
    /// `[row][column]`.
    public var counts: [[Int]]

    public init(
        title: String, rowsLabel: String, columnsLabel: String, rowNames: [String], columnNames: [String], counts: [[Int]]
    ) {
        precondition(
            counts.count == rowNames.count && counts.allSatisfy { $0.count == columnNames.count },
            "a matrix of \(rowNames.count) × \(columnNames.count) names needs as many counts")
        self.title = title
        self.rowsLabel = rowsLabel
        self.columnsLabel = columnsLabel
        self.rowNames = rowNames
        self.columnNames = columnNames
        self.counts = counts
    }

    /// The chart as an SVG document. Shades follow each cell's share of its row, so that rare rows are seen as well.
    public func svg() -> String {
        var canvas = Canvas(title: title)
        guard counts.contains(where: { $0.contains { $0 > 0 } }) else {
            canvas.noData()
            return canvas.svg
        }
        let width = (canvas.right - canvas.left) / Double(columnNames.count)
        let height = (canvas.bottom - canvas.top) / Double(rowNames.count)
        for (row, cells) in counts.enumerated() {
            let total = cells.reduce(0, +)
            let y = canvas.top + height * Double(row)
            canvas.text(rowNames[row], x: canvas.left - 7, y: y + height / 2 + 4, style: "tick", anchor: "end")
            for (column, count) in cells.enumerated() {
                let x = canvas.left + width * Double(column)
                let share = total > 0 ? Double(count) / Double(total) : 0
                canvas.box(x: x, y: y, width: width, height: height, style: "heat cell", opacity: share.squareRoot())
                guard count > 0 else { continue }
                canvas.text(
                    short(count), x: x + width / 2, y: y + height / 2 + 4, style: share > 0.3 ? "label inverse" : "label",
                    anchor: "middle")
            }
        }
        for (column, name) in columnNames.enumerated() {
            let x = canvas.left + width * (Double(column) + 0.5)
            canvas.text(name, x: x, y: canvas.bottom + 16, style: "tick", anchor: "middle")
        }
        canvas.axisTitles(x: columnsLabel, y: rowsLabel)
        canvas.box(x: canvas.left, y: canvas.top, width: canvas.right - canvas.left, height: canvas.bottom - canvas.top, style: "frame")
        return canvas.svg
    }

    private func short(_ count: Int) -> String {
        count < 100_000 ? "\(count)" : String(format: "%.1fM", Double(count) / 1_000_000)
    }
}
