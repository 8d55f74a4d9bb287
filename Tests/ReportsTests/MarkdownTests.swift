import Reports
import Testing

@Suite struct MarkdownTests {
    @Test("blocks are separated by empty lines and a table aligns its numbers")
    func blocks() {
        var document = Markdown()
        document.heading("Report")
        document.table(["model", "value"], [["a|b", "1"], ["line\nbreak", "2"]], numeric: [1])
        document.list([])
        document.list(["one", "two"])
        #expect(
            document.text == """
                # Report

                | model | value |
                | --- | ---: |
                | a\\|b | 1 |
                | line break | 2 |

                - one
                - two

                """)
        #expect(document.size == document.text.utf8.count)
    }

    @Test("foreign text cannot act as markup or HTML")
    func escaping() {
        #expect(Markdown.escaped("*x* _y_ <script> [z](w) `q` | #") == "\\*x\\* \\_y\\_ &lt;script&gt; \\[z\\](w) \\`q\\` \\| \\#")
        var document = Markdown()
        document.table(["a"], [[Markdown.escaped("p|q")]])
        #expect(document.text.contains("| p\\|q |"))
    }

    @Test("details open and close around their blocks and vanish when empty")
    func details() {
        var document = Markdown()
        document.details("nothing") { _ in }
        document.details("more & <more>") { $0.paragraph("inside") }
        #expect(document.text == "<details><summary>more &amp; &lt;more&gt;</summary>\n\ninside\n\n</details>\n")
    }

    @Test("a picture has a description and a path, code its fence")
    func media() {
        var document = Markdown()
        document.image("loss [train]", path: "a.svg")
        document.code("make train-all", language: "sh")
        #expect(document.text == "![loss \\[train\\]](a.svg)\n\n```sh\nmake train-all\n```\n")
    }
}
