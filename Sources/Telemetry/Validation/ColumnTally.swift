/// What is remembered about one column while rows stream by.
struct ColumnTally {
    let decoder: ColumnDecoder
    private let minimum: Double
    private let maximum: Double
    /// Cells that hold a value of the column's type.
    private(set) var filled = 0
    private(set) var missing = Occurrences()
    private(set) var unreadable = Occurrences()
    private(set) var outOfRange = Occurrences()
    private(set) var smallest = Double.infinity
    private(set) var largest = -Double.infinity
    /// Values of the sampled rows, NaN where there is none; numeric columns only.
    private(set) var sample: [Float] = []

    init(_ decoder: ColumnDecoder) {
        self.decoder = decoder
        minimum = decoder.definition.minimum ?? -.infinity
        maximum = decoder.definition.maximum ?? .infinity
    }

    /// Adds a cell. Returns its value, NaN if it has none.
    @discardableResult
    mutating func add(_ text: UnsafeBufferPointer<UInt8>, as cell: Cell, place: RowPlace) -> Double {
        switch cell {
        case .value(let number):
            add(usual: 1, smallest: number, largest: number)
            if number < minimum || number > maximum { outOfRange.add(place, found: excerpt(text)) }
            return number
        case .text: filled += 1
        case .missing: missing.add(place, found: text.isEmpty ? "an empty cell" : excerpt(text))
        case .unreadable: unreadable.add(place, found: excerpt(text))
        }
        return .nan
    }

    /// Adds cells with values of the column's range.
    mutating func add(usual count: Int, smallest: Double, largest: Double) {
        filled += count
        // Of equal ones (-0 and 0) the first stays.
        if smallest < self.smallest { self.smallest = smallest }
        if largest > self.largest { self.largest = largest }
    }

    /// Adds what is remembered of later rows of the file; their places are counted from `start`.
    mutating func add(_ later: ColumnTally, from start: RowPlace) {
        add(usual: later.filled, smallest: later.smallest, largest: later.largest)
        missing.add(later.missing, from: start)
        unreadable.add(later.unreadable, from: start)
        outOfRange.add(later.outOfRange, from: start)
    }

    /// - Parameter rows: indices of the sampled rows in `values`.
    mutating func addSample(of rows: [Int], from values: UnsafeMutableBufferPointer<Float>) {
        // At once: growing the samples of all columns bit by bit would take longer than filling them.
        if sample.isEmpty { sample.reserveCapacity(RowSampler.limit) }
        sample += rows.lazy.map { values[$0] }
    }

    /// Keeps the sampled values at the given places.
    mutating func thinSample(keeping kept: [Int]) {
        if !sample.isEmpty { sample = kept.map { sample[$0] } }
    }

    var isConstant: Bool { filled > 1 && smallest == largest }
}

/// Chooses rows for quantiles: a row is in the sample if the hash of its number ends in enough zero bits. The choice depends
/// on the row's number alone, so it is the same in every run, and no interleaving of links can fall into step with it.
struct RowSampler {
    static let limit = 8192
    private var mask: UInt64 = 0
    private var rows: [Int] = []

    /// Whether a row belongs to the sample now.
    @inline(__always)
    mutating func take(_ row: Int) -> Bool {
        guard hash(row) & mask == 0 else { return false }
        rows.append(row)
        return true
    }

    /// Halves a full sample. Returns which of its members stay, nil while it is not full.
    mutating func thin() -> [Int]? {
        guard rows.count >= Self.limit else { return nil }
        mask = mask << 1 | 1
        let kept = rows.indices.filter { hash(rows[$0]) & mask == 0 }
        rows = kept.map { rows[$0] }
        return kept
    }

    /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
    private func hash(_ row: Int) -> UInt64 {
        var state = UInt64(truncatingIfNeeded: row) &* 0x9e37_79b9_7f4a_7c15
        state = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
        state = (state ^ state >> 27) &* 0x94d0_49bb_1331_11eb
        return state ^ state >> 31
    }
}
