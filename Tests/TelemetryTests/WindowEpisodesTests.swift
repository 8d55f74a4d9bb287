@testable import Telemetry
import Testing

@Suite("Window episodes")
struct WindowEpisodesTests {
    /// Windows of four steps over one link whose rows at the given seconds are labelled.
    private func episodes(
        labelled: [Int], seconds: [Double] = (0 ..< 30).map { Double($0) }, gapWindows: Int = 1
    ) throws -> (windows: WindowSet<HeldOut>, episodes: WindowEpisodes) {
        let frame = try LabelSample.frame(
            links: [LabelSample.links[0]], seconds: seconds,
            columns: ["is_anomaly": seconds.map { labelled.contains(Int($0)) ? 1 : 0 }])
        let windows = WindowSet(frame, windowLength: 4)
        return (windows, WindowEpisodes(windows, labels: AnomalyLabels(nil, over: frame), gapWindows: gapWindows))
    }

    @Test("A window is abnormal when any of its steps is labelled, and those around one run are an episode")
    func oneRun() throws {
        let (windows, found) = try episodes(labelled: [10, 11])
        // The windows that end at rows 10 … 14 hold row 10 or 11; window 0 ends at row 3.
        #expect(found.isAbnormal.indices.filter { found.isAbnormal[$0] } == [7, 8, 9, 10, 11])
        #expect(found.windowsOfEpisode == [[7, 8, 9, 10, 11]])
        #expect(found.starts == [10])
        #expect(found.seconds == windows.endRows.map { Double($0) })
        #expect(found.isAbnormal.count == 27)
    }

    @Test("Runs parted by at most one window are one episode", arguments: [(14, 1), (15, 1), (16, 2), (25, 2)])
    func gaps(second: Int, count: Int) throws {
        #expect(try episodes(labelled: [10, second]).episodes.windowsOfEpisode.count == count)
    }

    @Test("With two windows allowed, runs parted by at most two are one episode", arguments: [(19, 1), (20, 2)])
    func wideGaps(second: Int, count: Int) throws {
        #expect(try episodes(labelled: [10, second], gapWindows: 2).episodes.windowsOfEpisode.count == count)
    }

    @Test("Normal windows between two bridged runs stay normal")
    func bridge() throws {
        let found = try episodes(labelled: [10, 15]).episodes
        #expect(found.windowsOfEpisode == [[7, 8, 9, 10, 12, 13, 14, 15]])
        #expect(!found.isAbnormal[11])
    }

    @Test("A gap of the recording ends an episode, and a labelled run too short for a window is none")
    func recordingGap() throws {
        let seconds = (0 ..< 10).map { Double($0) } + (100 ..< 110).map { Double($0) } + [200, 201]
        let found = try episodes(labelled: [9, 100, 200, 201], seconds: seconds).episodes
        #expect(found.windowsOfEpisode.count == 2)
        #expect(found.starts == [9, 100])
        #expect(Set(found.segments) == [0, 1])
    }

    @Test("Without a label there is no episode")
    func unlabelled() throws {
        let found = try episodes(labelled: []).episodes
        #expect(found.windowsOfEpisode.isEmpty && !found.isAbnormal.contains(true))
    }

    @Test("A column over the windows fills missing cells from before, in the segment, else with the mean")
    func histories() throws {
        let frame = try LabelSample.frame(links: [LabelSample.links[0]], seconds: [0, 1, 2, 50, 51, 52])
        let histories = WindowSet(frame, windowLength: 2).histories(of: [2, .nan, 4, .nan, 6, .nan])
        #expect(histories == [2, 2, 2, 4, 4, 6, 6, 6])
    }
}
