/// Why the voucher store did not answer, or did not take what it was given.
public enum VoucherStoreError: Error, Hashable, Sendable {
    /// The store's file is no store, or damaged; the text says where.
    case damaged(String)
    /// The store was written by a newer version of Till.
    case newerSchema(found: Int, known: Int)
    /// The store's file cannot be read or written; the text says what the system said.
    case inputOutput(String)
    /// The disk has no room.
    case diskFull
    /// Another import is running.
    case locked
    /// The file is no voucher pack, or not whole; the text says where.
    case packDamaged(String)
    /// The pack cannot be read; the text says what the system said.
    case packUnreadable(String)

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .damaged: "voucher-store-damaged"
        case .newerSchema: "voucher-store-newer"
        case .inputOutput: "voucher-store-io-error"
        case .diskFull: "disk-full"
        case .locked: "voucher-store-locked"
        case .packDamaged: "voucher-pack-damaged"
        case .packUnreadable: "voucher-pack-unreadable"
        }
    }

    /// What happened, what it means for the money, and what to do.
    public var message: String {
        switch self {
        case .damaged(let place):
            "The voucher store is damaged (\(place)). No reference can be paid with; vouchers that "
                + "are shown as a code can, and the journal is untouched. Remove the store and "
                + "import the packs again."
        case .newerSchema(let found, let known):
            "The voucher store has schema \(found); this program knows \(known). Nothing was "
                + "changed. Install the newer version of Till."
        case .inputOutput(let detail):
            "The voucher store cannot be read or written (\(detail)). The journal is untouched. "
                + "Check the folder's owner and mode, and the disk."
        case .diskFull:
            "The disk is full. What was imported before is kept, and an import goes on where it "
                + "stopped. Free some space and import again."
        case .locked:
            "Another import is running. Nothing was changed. Wait for its end."
        case .packDamaged(let place):
            "The file is no whole voucher pack (\(place)). Nothing more was imported. "
                + "Get the file again from its issuer."
        case .packUnreadable(let detail):
            "The voucher pack cannot be read (\(detail)). Nothing more was imported. "
                + "Check the path, and that this user may read the file."
        }
    }
}

/// The vouchers that are preloaded here, to be paid with by reference (`formats.md` section 2).
///
/// What it holds proves nothing: whatever it answers is verified when it pays, as if it were shown.
public protocol VoucherStore: Sendable {
    /// The issuers' objects whose `cti` is this one, 10 bytes, none where it is not known.
    func objects(cti: [UInt8]) async throws(VoucherStoreError) -> [[UInt8]]
}
