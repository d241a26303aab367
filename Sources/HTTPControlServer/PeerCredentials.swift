import Glibc
import NIOCore

/// Who is at the other end of a Unix socket, as the kernel vouches (`unix(7)`, SO_PEERCRED).
struct PeerCredentials: Sendable {
    /// `struct ucred` of the kernel's ABI, which Glibc's module does not import.
    private struct Kernel: Sendable {
        var process: Int32 = 0
        var user: UInt32 = 0
        var group: UInt32 = 0
    }

    /// The user id of the process that connected.
    let user: UInt32

    /// Reads the credentials of `channel`'s peer, or answers nil where there are none.
    init?(of channel: any Channel) async {
        guard let provider = channel as? any SocketOptionProvider else { return nil }
        let option = NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        let read: EventLoopFuture<Kernel> = provider.unsafeGetSocketOption(
            level: .socket, name: option)
        guard let kernel = try? await read.get() else { return nil }
        user = kernel.user
    }
}
