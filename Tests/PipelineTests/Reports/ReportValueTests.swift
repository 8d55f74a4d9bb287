import Evaluation
import Failures
import Foundation
import Learners
import Pipeline
import Telemetry
import Testing

@Suite struct ReportValueTests {
    private func object(_ value: some Encodable) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: ReportJSON.encode(value)) as? [String: Any])
    }

    @Test("a model's report has exactly the keys that tools read, with their types, beside ours")
    func modelReportKeys() throws {
        let report = try object(SampleRun.report(.bandwidth))
        #expect(report["model_name"] as? String == "bandwidth_predictor")
        #expect(report["version"] is String && report["training_date"] as? String == "2026-11-21T10:00:00Z")
        #expect(report["target_metrics"] as? [String: Double] == ["correlation": 0.98, "mape": 5, "training_time_seconds": 7_200, "inference_p99_ms": 10])
        let achieved = try #require(report["achieved_metrics"] as? [String: Any])
        #expect(achieved["correlation"] as? Double == 0.9853)
        #expect(achieved["rmse"] is NSNull, "not a number is null")
        #expect(report["test_set_size"] as? Int == 15_000)
        #expect(report["training_time_seconds"] as? Double == 12.5)
        #expect(report["model_size_mb"] as? Double == 0.15)
        #expect(report["success"] as? Bool == true && report["deployment_ready"] as? Bool == true)
        #expect(report["hyperparameters"] as? [String: Double] == ["epochs": 3, "learning_rate": 0.001])
        #expect((report["history"] as? [[String: Any]])?.first?["validation_loss"] as? Double == 1.2)
    }

    @Test("the master report has the keys that tools read and recommends APPROVED only when every model passed")
    func masterReportKeys() throws {
        func master(_ verdict: Verdict) -> MasterReport {
            MasterReport(
                run: "dwcp_v1", date: "2026-11-21T10:00:00Z",
                models: [SampleRun.report(.bandwidth), SampleRun.report(.latency, verdict: verdict)], seconds: 30,
                data: SampleRun.data)
        }
        let report = try object(master(.pass))
        #expect(report["training_session"] is String)
        #expect(report["overall_success"] as? Bool == true)
        #expect(report["models_trained"] as? Int == 2 && report["models_passed"] as? Int == 2)
        #expect(report["total_training_time_seconds"] as? Double == 30)
        #expect((report["models"] as? [String: Any])?.keys.sorted() == ["bandwidth_predictor", "consensus_latency"])
        let readiness = try #require(report["production_readiness"] as? [String: Any])
        #expect(
            readiness.keys.sorted() == [
                "all_targets_met", "deployment_recommendation", "go_api_compatibility", "integration_tests_passed",
            ])
        #expect(readiness["deployment_recommendation"] as? String == "APPROVED")
        for verdict in [Verdict.fail, .undecided] {
            let other = master(verdict)
            #expect(other.productionReadiness.deploymentRecommendation == .failed && !other.overallSuccess)
            #expect(other.modelsPassed == 1)
        }
    }

    @Test("the evaluation report has the keys that tools read")
    func evaluationReportKeys() throws {
        let report = try object(
            EvaluationReport(
                date: "2026-11-21T10:00:00Z", testDataPath: "test.csv",
                models: [SampleRun.evaluated(.compression), .failed(.latency, because: "no artifact")], data: SampleRun.data))
        #expect(report["evaluation_date"] is String && report["test_data_path"] as? String == "test.csv")
        #expect(report["models_evaluated"] as? Int == 1 && report["models_passed"] as? Int == 1)
        #expect(report["all_targets_met"] as? Bool == false)
        #expect(report["deployment_recommendation"] as? String == "FAILED")
        let results = try #require(report["individual_results"] as? [String: [String: Any]])
        #expect(results["compression_selector"]?["verdict"] as? String == "PASS")
        #expect(results["consensus_latency"]?["success"] as? Bool == false)
    }

    @Test("a report read back is the one written, numbers that are not finite included")
    func roundTrip() throws {
        let report = SampleRun.report(.bandwidth, verdict: .fail)
        let bytes = try ReportJSON.encode(report)
        let back = try ReportJSON.decode(ModelReport.self, from: bytes)
        #expect(back.evaluation.judgement.metrics[4].value?.isNaN == true)
        #expect(back.evaluation.judgement.metrics[2].value == 12.5 && back.evaluation.judgement.metrics[3].value == 0.125)
        #expect(back.history[2].validationLoss.isNaN)
        #expect(back.evaluation.verdict == .fail)
        #expect(try ReportJSON.encode(back) == bytes)
    }

    @Test("the word null inside a text stays text")
    func nullInText() throws {
        let summary = DataSummary(
            rows: 1, links: 1, firstTime: "null", lastTime: "a \"null\" \\", warnings: ["null, null: null"], schemaVersion: "x")
        let back = try ReportJSON.decode(DataSummary.self, from: ReportJSON.encode(summary))
        #expect(back == summary)
    }

    @Test("a file that is no report is refused with its path and the reason")
    func unreadable() throws {
        let folder = try ScratchFolder()
        try folder.write("{\"model_name\": 3}", "bandwidth_predictor_report.json")
        let path = folder.path + "/bandwidth_predictor_report.json"
        let error = #expect(throws: ReportFileError.self) { try ReportJSON.read(ModelReport.self, at: path) }
        #expect(error?.category == .invalidData)
        #expect(error?.description.contains(path) == true && error?.description.contains("trainingDate") == true)
        let absent = #expect(throws: ReportFileError.self) { try ReportJSON.read(ModelReport.self, at: path + "x") }
        #expect(absent?.category == .missingInput)
    }

    @Test(
        "a file that disagrees, was not executed again or breaks the contract turns a PASS into FAIL",
        arguments: [
            ArtifactRecord(file: "m.onnx", bytes: 10, sha256: "", reexecutedDifference: 2e-5, contractViolations: []),
            ArtifactRecord(file: "m.onnx", bytes: 10, sha256: "", reexecutedDifference: .nan, contractViolations: []),
            ArtifactRecord(file: "m.onnx", bytes: 10, sha256: "", contractViolations: []),
            ArtifactRecord(file: "m.onnx", bytes: 10, sha256: "", reexecutedDifference: 0, contractViolations: ["no batch"]),
        ])
    func operationalProblems(artifact: ArtifactRecord) {
        #expect(SampleRun.evaluated(.bandwidth).verdict == .pass)
        let model = SampleRun.evaluated(.bandwidth, artifacts: [artifact])
        #expect(model.verdict == .fail)
        #expect(model.operationalProblems.count == 1 && model.operationalProblems[0].contains("m.onnx"))
    }

    @Test("a model without files is a FAIL, whatever its judgement says")
    func noFiles() {
        #expect(SampleRun.evaluated(.bandwidth, artifacts: []).verdict == .fail)
    }

    @Test("an empty run is not approved")
    func emptyRun() {
        #expect(Recommendation(for: []) == .failed)
        let master = MasterReport(run: "r", date: "d", models: [], seconds: 0, data: SampleRun.data)
        #expect(!master.productionReadiness.integrationTestsPassed && !master.productionReadiness.goApiCompatibility)
    }
}
