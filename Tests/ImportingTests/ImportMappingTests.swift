import Foundation
@testable import Importing
import Telemetry
import TestSupport
import Testing

/// What the tests of importing share.
enum ImportSample {
    private static let standard = Result { try load("schemas/dwcp_training_schema.json") }
    private static let serverMachines = Result { try load("mappings/smd-server-machines.schema.json") }

    /// The schema that comes with a mapping, read once.
    static func schema(for mapping: String = "") throws -> Schema {
        try (mapping == "smd-server-machines" ? serverMachines : standard).get()
    }

    private static func load(_ path: String) throws -> Schema {
        try Schema.load(Fixture.repository.appendingPathComponent(path).path)
    }

    static func mapping(_ yaml: String, schema: Schema? = nil) throws -> ImportMapping {
        try ImportMapping(yaml: yaml, path: "test.yaml", schema: schema ?? self.schema())
    }

    /// A whole mapping around some lines.
    static func document(
        inputs: String = "- files: in.csv", time: String = "{column: t}", node: String = "\"{a}\"", more: String = ""
    ) -> String {
        "name: test\ninputs:\n  \(inputs)\ntime: \(time)\nnode_id: \(node)\npeer_id: p\n\(more)"
    }
}

@Suite("Import mappings")
struct ImportMappingTests {
    @Test(
        "A mistake is reported with its line and what is known there",
        arguments: [
            ("", 0, "empty"), ("[", 0, "no YAML"), ("- a", 1, "block of keys"), ("name: x", 1, "`inputs`"),
            (ImportSample.document(more: "colums: {rtt_ms: x}"), 7, "unknown key `colums`"),
            (ImportSample.document(inputs: "- {files: a.csv, seperator: x}"), 3, "unknown key `seperator`"),
            (ImportSample.document(inputs: "- {files: a.csv, separator: ab}"), 3, "one character"),
            (ImportSample.document(inputs: "- {files: \"a{b.csv\"}"), 3, "end of a path"),
            (ImportSample.document(inputs: "- {files: a.csv, columns: [x, x]}"), 3, "twice"),
            (ImportSample.document(time: "{columns: t}"), 4, "`time` needs"),
            (ImportSample.document(time: "{column: t, format: hh:mm}"), 4, "yyyy-MM-dd"),
            (ImportSample.document(time: "{start: 2020-01-01T00:00:00Z}"), 4, "step_seconds"),
            (ImportSample.document(time: "{start: 2020-01-01T00:00:00Z, step_seconds: 0}"), 4, "above 0"),
            (ImportSample.document(time: "{seconds: \"lag(x, 1)\"}"), 4, "earlier rows"),
            (ImportSample.document(node: "\"{a\""), 5, "cells in braces"),
            (ImportSample.document(more: "columns:\n  rtt_ms: x +"), 8, "character 4"),
            (ImportSample.document(more: "columns:\n  rtt_ms: diff(x)"), 8, "earlier rows"),
            (ImportSample.document(more: "columns:\n  speed: x"), 8, "no column `speed`"),
            (ImportSample.document(more: "columns:\n  timestamp: x"), 8, "key of its own"),
            (ImportSample.document(more: "columns:\n  rtt_ms: {text: a}"), 8, "a formula"),
            (ImportSample.document(more: "columns:\n  link_type: {text: lan}"), 8, "dc, metro, wan, edge"),
            (ImportSample.document(more: "columns:\n  link_type: {of: \"{a}\", values: {x: lan}}"), 8, "“lan”"),
            (ImportSample.document(more: "columns:\n  link_type: x"), 8, "it needs `text`"),
            (ImportSample.document(more: "copy: [rtt_ms, speed]"), 7, "`speed`"),
            (ImportSample.document(more: "labels: {type: x}"), 7, "`labels` needs"),
            (ImportSample.document(more: "labels: {anomalous: x}"), 7, "incident_type"),
            (ImportSample.document(more: "labels: {anomalous: x, incident_type: a, scope: all}"), 7, "link or node"),
        ])
    func mistakes(yaml: String, line: Int, fragment: String) throws {
        let error = try #require(throws: MappingError.self) { try ImportSample.mapping(yaml) }
        #expect(error.line == line, "\(error)")
        #expect(error.description.contains(fragment), "\(error)")
    }

    @Test(
        "The mappings that come with the program are understood",
        arguments: ["testbed", "cloudpilot-wan-iperf3", "ms-cloud-monitoring", "smd-server-machines"])
    func shipped(name: String) throws {
        let schema = try ImportSample.schema(for: name)
        let text = try String(
            contentsOf: Fixture.repository.appendingPathComponent("mappings/\(name).yaml"), encoding: .utf8)
        let mapping = try ImportMapping(yaml: text, path: name, schema: schema)
        #expect(mapping.name == name)
        #expect(!mapping.notes.isEmpty)
    }

    @Test(
        "Patterns match the end of a path and give its parts",
        arguments: [
            ("in.csv", "/data/in.csv.gz", [:]), ("in.csv.gz", "in.csv", [:]), ("in.csv", "/data/begin.csv", nil),
            ("a/{m}.txt", "/x/a/b-1.txt", ["m": "b-1"]), ("a/{m}.txt", "/x/c/b-1.txt", nil), ("a/{m}.txt", "a/.txt", nil),
            ("{r}_{p}.csv", "a_b_c.csv", ["r": "a", "p": "b_c"]), ("*-{n}.csv", "out-1-2.csv", ["n": "1-2"]),
            ("*/in.csv", "in.csv", nil), ("x*y*.csv", "x1y.csv", [:]),
        ] as [(String, String, [String: String]?)])
    func patterns(pattern: String, path: String, captures: [String: String]?) throws {
        #expect(try #require(PathPattern(pattern)).match(path) == captures)
    }

    @Test(
        "Instants are read by the pattern that the mapping gives",
        arguments: [
            ("yyyy-MM-dd HH:mm:ss", "2014-02-14 14:27:30", 1_392_388_050_000_000),
            ("yyyy.MM.dd_HH.mm.ss", "2020.02.27_18.39.27", 1_582_828_767_000_000),
            ("dd-MM-yyyy_HH-mm", "21-07-2021_12-31", 1_626_870_660_000_000),
            ("iso8601", "2018-06-17T01:00:00Z", 1_529_197_200_000_000), ("epoch", "1529197200.5", 1_529_197_200_500_000),
            ("yyyy-MM-dd HH:mm:ss", "2014-02-14T14:27:30", nil), ("yyyy-MM-dd HH:mm:ss", "2014-02-30 14:27:30", nil),
            ("yyyy-MM-dd HH:mm:ss", "2014-02-14 14:27:3O", nil), ("iso8601", "yesterday", nil),
        ] as [(String, String, Int64?)])
    func instants(format: String, text: String, expected: Int64?) throws {
        #expect(try #require(InstantFormat(format)).parse(text) == expected)
    }
}
