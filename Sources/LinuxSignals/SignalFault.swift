import Synchronization

/// Why a signal could not be given. No payment is concerned.
public struct SignalFault: Error, Hashable, Sendable {
    /// The stable code of this fault.
    public let reason: String
    /// What happened and what to do.
    public let message: String

    static func sound(_ device: String, _ detail: String) -> SignalFault {
        SignalFault(
            reason: "sound-unusable",
            message: "The sound device \"\(device)\" gives no sound: \(detail). Payments go on "
                + "without it. Look at `aplay -L` for the devices of this machine.")
    }

    static func lamp(_ chip: String, _ detail: String) -> SignalFault {
        SignalFault(
            reason: "lamp-unusable",
            message: "The lamp at \(chip) cannot be switched: \(detail). Payments go on without "
                + "it. Look at `gpioinfo` for the lines of this machine and who holds them.")
    }

    static func voice(_ detail: String) -> SignalFault {
        SignalFault(
            reason: "voice-unusable",
            message: "Amounts are not spoken: \(detail). Payments go on without it. Install the "
                + "voice with `apt-get install espeak-ng`.")
    }
}

/// Tells of a fault once, and again after it has been well.
final class FaultTeller: Sendable {
    private let told = Mutex<SignalFault?>(nil)
    private let note: @Sendable (SignalFault) -> Void

    init(_ note: @escaping @Sendable (SignalFault) -> Void) { self.note = note }

    func tell(_ fault: SignalFault?) {
        let isNew = told.withLock { last in
            defer { last = fault }
            return last != fault
        }
        if let fault, isNew { note(fault) }
    }
}
