/// The time that is left for an answer.
///
/// While nothing is decoded it is the wall's; for a frame it is the process's own processor time,
/// so that a machine that does other things does not cost a good frame its reading, with a bound
/// by the wall for a process that waits for what never comes.
struct FrameWatch {
    private let start: Int
    private let wallMilliseconds: Int
    private let processorMilliseconds: Int?
    private let processorStart: Int

    static func idle(milliseconds: Int) -> FrameWatch {
        FrameWatch(
            start: Clock.milliseconds(), wallMilliseconds: milliseconds,
            processorMilliseconds: nil, processorStart: 0)
    }

    static func frame(milliseconds: Int, wallFactor: Int, of child: ScannerChild) -> FrameWatch {
        FrameWatch(
            start: Clock.milliseconds(), wallMilliseconds: milliseconds * wallFactor,
            processorMilliseconds: milliseconds,
            processorStart: child.processorMilliseconds() ?? 0)
    }

    /// Milliseconds by the wall since the watch began.
    var elapsed: Int { Clock.milliseconds() - start }

    private func used(by child: ScannerChild) -> Int? {
        child.processorMilliseconds().map { $0 - processorStart }
    }

    /// For how many milliseconds it makes sense to wait before one looks at the watch again.
    func wait(for child: ScannerChild) -> Int {
        let wall = max(0, wallMilliseconds - elapsed)
        guard let processorMilliseconds, let used = used(by: child) else { return wall }
        // A millisecond at least, or a process that hardly runs would keep us running.
        return min(wall, max(1, processorMilliseconds - used + 1))
    }

    /// Whether the time is up.
    func isOver(for child: ScannerChild) -> Bool {
        if elapsed >= wallMilliseconds { return true }
        guard let processorMilliseconds else { return false }
        // A process that has gone has no time left; its end is read from the channel.
        return used(by: child).map { $0 >= processorMilliseconds } ?? true
    }
}
