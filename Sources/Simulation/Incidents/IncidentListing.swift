import Files

/// The JSON file of labelled incidents: one object a line.
enum IncidentListing {
    static func write(_ incidents: [LabeledIncident], to path: String) throws {
        try AtomicFile.stream(to: path) { writer in
            try writer.append("[\n")
            for (index, incident) in incidents.enumerated() {
                try writer.append(line(incident) + (index == incidents.count - 1 ? "\n" : ",\n"))
            }
            try writer.append("]\n")
        }
    }

    private static func line(_ incident: LabeledIncident) -> String {
        let peer = incident.peerID.map(String.init) ?? "null"
        return """
            {"incident_id": \(incident.incidentID), "start": "\(incident.start)", "end": "\(incident.end)", \
            "timestamp": "\(incident.start)", "node_id": \(incident.nodeID), "peer_id": \(peer), \
            "incident_type": "\(incident.type.rawValue)", "severity": "\(incident.severity.rawValue)", \
            "resolved": \(incident.resolved)}
            """
    }
}
