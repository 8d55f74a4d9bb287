import Dispatch
import Foundation

/// Works on items on several threads at once and collects the results in the items' order, one at a time: what is collected
/// is the same for any number of threads. Each thread has one item in hand, so memory is bounded.
enum OrderedWork {
    /// - Parameters:
    ///   - makeItem: makes the item that a thread uses over and over.
    ///   - take: fills an item with the next piece of work; false at the end. Called by one thread at a time.
    ///   - work: does it; called by all threads at once.
    ///   - collect: takes the result, in the order of `take`; false to end. Called by one thread at a time.
    /// - Throws: what `take` throws, after what it gave before is collected.
    static func perform<Item>(
        threads: Int, makeItem: () -> Item, take: (Item) throws -> Bool, work: (Item) -> Void, collect: (Item) -> Bool
    ) throws {
        let source = Source()
        let turn = Turn()
        // `take` is called under the lock of `source`, `collect` in its turn, an item never leaves its thread.
        nonisolated(unsafe) let (makeItem, take, work, collect) = (makeItem, take, work, collect)
        DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
            let item = makeItem()
            while let number = source.next({ try take(item) }) {
                work(item)
                // Whoever has an earlier number is at work on it: it took it before.
                if !turn.perform(number, { collect(item) }) { source.end() }
            }
        }
        if !turn.isOver, let failure = source.failure { throw failure }
    }

    /// What `transform` makes of each input, in their order. Called by all threads at once.
    static func map<Input, Output>(_ inputs: [Input], threads: Int, _ transform: (Input) -> Output) -> [Output] {
        var outputs = [Output?](repeating: nil, count: inputs.count)
        outputs.withUnsafeMutableBufferPointer { outputs in
            // Each place of `outputs` is one thread's.
            nonisolated(unsafe) let (outputs, transform) = (outputs, transform)
            nonisolated(unsafe) let inputs = inputs
            DispatchQueue.concurrentPerform(iterations: threads) { thread in
                for index in stride(from: thread, to: inputs.count, by: threads) { outputs[index] = transform(inputs[index]) }
            }
        }
        return outputs.compactMap { $0 }
    }

    /// Gives out numbers, from 0 on, while there is work.
    private final class Source: @unchecked Sendable {
        private let lock = NSLock()
        private var given = 0
        private var isOver = false
        private(set) var failure: (any Error)?

        func next(_ take: () throws -> Bool) -> Int? {
            lock.lock()
            defer { lock.unlock() }
            do {
                if !isOver { isOver = try !take() }
            } catch {
                failure = error
                isOver = true
            }
            if isOver { return nil }
            given += 1
            return given - 1
        }

        func end() {
            lock.lock()
            isOver = true
            lock.unlock()
        }
    }

    /// Lets numbers pass in their order.
    private final class Turn: @unchecked Sendable {
        private let condition = NSCondition()
        private var next = 0
        private(set) var isOver = false

        /// Waits for the number's turn. Returns false, also to all later numbers, once `body` did.
        func perform(_ number: Int, _ body: () -> Bool) -> Bool {
            condition.lock()
            while next != number { condition.wait() }
            let isOver = isOver
            condition.unlock()
            // No other thread passes before `next` is raised.
            let goesOn = !isOver && body()
            condition.lock()
            self.isOver = !goesOn
            next += 1
            condition.broadcast()
            condition.unlock()
            return goesOn
        }
    }
}
