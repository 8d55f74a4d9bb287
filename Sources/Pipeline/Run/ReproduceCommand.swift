/// The command line that repeats a run.
public enum ReproduceCommand {
    /// Arguments joined so that a shell splits them again into the same ones.
    public static func shellText(_ arguments: [String]) -> String { arguments.map(quoted).joined(separator: " ") }

    private static func quoted(_ argument: String) -> String {
        let plain = argument.utf8.allSatisfy { byte in
            let character = Character(Unicode.Scalar(byte))
            return character.isASCII && (character.isLetter || character.isNumber || "-_./,=:@%+".contains(character))
        }
        if plain, !argument.isEmpty { return argument }
        return "'" + argument.replacing("'", with: "'\\''") + "'"
    }
}
