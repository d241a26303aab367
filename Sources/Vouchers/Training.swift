/// How training is told from the real thing: by names that keys sign, so that nothing beside them has
/// to be believed (`docs/spec/training.md`).
public enum Training {
    /// What the ids of a merchant in training and of the issuer of its vouchers begin with.
    public static let idPrefix = "training."
    /// What claim 1 (`iss`) of its vouchers begins with: people read it on a wallet's screen.
    public static let issuerNamePrefix = "TRAINING"

    static func isTraining(_ name: some Collection<UInt8>) -> Bool {
        name.starts(with: idPrefix.utf8)
    }
}

extension MerchantID {
    /// Whether it is a merchant in training: nothing that its terminals take is money.
    public var isTraining: Bool { Training.isTraining(text.utf8.dropFirst(Self.prefix.utf8.count)) }
}

extension TerminalID {
    /// Whether it is a terminal in training.
    public var isTraining: Bool { merchant.isTraining }
}

extension IssuerID {
    /// Whether it issues for training alone: nothing that it signs is money.
    public var isTraining: Bool { Training.isTraining(name.utf8) }
}

extension VoucherClaims {
    /// Whether the code says of itself that it is for training. Believed only where the code is
    /// refused in any case, to say why.
    var saysTraining: Bool {
        issuerName?.utf8.starts(with: Training.issuerNamePrefix.utf8) ?? false
    }
}

extension VoucherRefusal {
    /// A training voucher at a terminal that takes money.
    static var trainingVoucher: VoucherRefusal {
        VoucherRefusal(
            .trainingVoucher,
            "This is a training voucher. It is no money, and this terminal takes money.")
    }

    /// Any other voucher at a terminal in training.
    static var notForTraining: VoucherRefusal {
        VoucherRefusal(
            .notForTraining,
            "This terminal is in training, and this is no training voucher. It stays good where "
                + "it is real money.")
    }
}
