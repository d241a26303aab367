import Glibc
import Terminal

/// Writes the moments of a payment to standard error, one line each and at once: what a line says
/// has been reached even if the process is killed right after it.
enum Trace {
    @Sendable static func write(_ moment: PaymentTerminal.Moment) {
        let line =
            switch moment {
            case .recording: "trace recording\n"
            case .approved(let receipt, let sale, let minorUnits):
                "trace approved \(receipt) \(sale) \(minorUnits)\n"
            }
        _ = line.withCString { Glibc.write(STDERR_FILENO, $0, strlen($0)) }
    }
}
