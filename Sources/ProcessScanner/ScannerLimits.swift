/// How much a scanner process may take.
public struct ScannerLimits: Hashable, Sendable {
    /// How long a camera's frame may be decoded, in milliseconds of the scanner's own processor
    /// time. After two thirds of it no further way of looking is begun; after all of it the
    /// process is replaced.
    public var frameMilliseconds = 150

    /// The same for a still picture, in which a photograph of 40,000,000 pixels must be unpacked
    /// and nobody waits for the next frame.
    public var pictureMilliseconds = 4_000

    /// How many times longer than its processor time a frame may take by the clock on the wall: on
    /// a machine that does other things a frame is not the decoder's fault.
    public var wallFactor = 8

    /// How long a process may take to start and shut itself in, in milliseconds: some 30 are
    /// usual, and a slow disk under load takes many more.
    public var startMilliseconds = 5_000

    /// How long a camera may take to be opened and set up, in milliseconds.
    public var openMilliseconds = 8_000

    /// How long beyond its time-out a look may take to answer that nothing came, in milliseconds.
    public var graceMilliseconds = 2_000

    /// After how many frames a process is replaced: an hour and a half at 15 a second.
    public var framesPerProcess = 80_000

    /// By how much a process may grow, in KiB, before it is replaced.
    public var growthKiB = 65_536

    /// How often a process's memory is looked at, in frames.
    static let framesPerMemoryCheck = 64

    /// Address space for what a process allocates, in MiB: for pictures, which hold 40,000,000
    /// pixels three times over, and for a camera's frames.
    static let pictureMemoryMiB = 448
    static let cameraMemoryMiB = 192

    /// The longest rest after a process that did not start, in milliseconds; the first is a
    /// hundredth of it.
    static let restMilliseconds = 10_000

    /// The usual limits.
    public init() {}
}

/// What a technician may want to know of a scanner process.
public enum ScannerNote: Hashable, Sendable {
    /// A process is ready; Landlock's version is 0 where the kernel has none.
    case started(landlockVersion: Int)
    /// A process is replaced, though nothing went wrong.
    case renewed(why: String)
}
