import Vouchers

/// What a code is, whoever's it is; the raw values are stable.
public enum CodeKind: String, CaseIterable, Sendable {
    case tillVoucher = "till-voucher"
    case tillReference = "till-reference"
    case tillShopQR = "till-shop-qr"
    case tillReceipt = "till-receipt"
    case tillHealth = "till-health"
    case emvMerchantPresented = "emv-merchant-presented"
    case emvConsumerPresented = "emv-consumer-presented"
    case weChatPay = "wechat-pay"
    case weChatPayMerchant = "wechat-pay-merchant"
    case alipay
    case alipayMerchant = "alipay-merchant"
    case alipayPlus = "alipay-plus"
    case alipayPlusMerchant = "alipay-plus-merchant"
    case unionPay = "unionpay"
    case upi
    case epc
    case swissQRBill = "swiss-qr-bill"
    case healthCertificate = "health-certificate"
    case smartHealthCard = "smart-health-card"
    case cashu
    case taler
    case url
    case gtin
    case text
    case unreadable

    /// The name by which cashiers and customers know it.
    public var schemeName: String {
        switch self {
        case .tillVoucher: "Till voucher"
        case .tillReference: "Till voucher reference"
        case .tillShopQR: "Till shop QR"
        case .tillReceipt: "Till receipt"
        case .tillHealth: "Till health report"
        case .emvMerchantPresented: "shop QR (EMVCo merchant-presented)"
        case .emvConsumerPresented: "wallet code (EMVCo consumer-presented)"
        case .weChatPay: "WeChat Pay"
        case .weChatPayMerchant: "WeChat Pay shop QR"
        case .alipay: "Alipay"
        case .alipayMerchant: "Alipay shop QR"
        case .alipayPlus: "Alipay+"
        case .alipayPlusMerchant: "Alipay+ shop QR"
        case .unionPay: "UnionPay"
        case .upi: "UPI"
        case .epc: "SEPA credit transfer (EPC)"
        case .swissQRBill: "Swiss QR-bill"
        case .healthCertificate: "EU digital health certificate"
        case .smartHealthCard: "SMART Health Card"
        case .cashu: "Cashu ecash"
        case .taler: "GNU Taler"
        case .url: "web address"
        case .gtin: "article number (EAN/GTIN)"
        case .text: "text"
        case .unreadable: "unreadable data"
        }
    }

    /// Whether money moves by codes of this kind, by whatever scheme and in whatever direction.
    public var isPaymentCode: Bool {
        switch self {
        case .tillReceipt, .tillHealth, .healthCertificate, .smartHealthCard, .url, .gtin, .text,
            .unreadable:
            false
        default: true
        }
    }

    /// Whether whoever reads the code could spend money with it.
    public var spendsMoney: Bool {
        switch self {
        case .tillVoucher, .tillReference, .emvConsumerPresented, .weChatPay, .alipay,
            .alipayPlus, .unionPay, .cashu, .taler:
            true
        default: false
        }
    }
}

/// One thing that was read from a code.
public struct CodeField: Hashable, Sendable {
    /// A stable name in lower case.
    public let name: String
    /// At most 100 characters, without control characters; never a secret.
    public let value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = SafeText.of(value)
    }
}

/// How a code breaks its own format.
public struct CodeProblem: Hashable, Sendable, CustomStringConvertible {
    /// A stable code.
    public let code: String
    /// A sentence that names the place; nothing that was read is in it.
    public let description: String

    init(_ code: String, _ description: String) {
        self.code = code
        self.description = description
    }

    init(_ problem: EMVProblem) {
        self.init(problem.reason.rawValue, problem.description)
    }
}

/// What is known of a code from its text alone, without a key, a clock or a network.
public struct CodeRecognition: Hashable, Sendable {
    /// What the code is.
    public let codeKind: CodeKind
    /// How it breaks its own format, or nil when it does not.
    ///
    /// Of a `TV1:` voucher only the text is looked at: `VoucherVerifier` does the rest.
    public let formatProblem: CodeProblem?
    /// What was read, at most 40 fields, no name twice.
    public let fields: [CodeField]
    /// A form for logs: of a code that spends money or says who someone is, only what and how
    /// long it is.
    public let masked: String

    /// What the code is, as its stable name.
    public var kind: String { codeKind.rawValue }
    /// The name by which cashiers and customers know the code.
    public var schemeName: String { codeKind.schemeName }
    /// Whether the code obeys its own format.
    public var wellFormed: Bool { formatProblem == nil }
    /// How the code breaks its own format, as a sentence, or nil.
    public var problem: String? { formatProblem?.description }
    /// How the code breaks its own format, as a stable code, or nil.
    public var problemCode: String? { formatProblem?.code }
    /// Whether whoever reads the code could spend money with it.
    public var spendsMoney: Bool { codeKind.spendsMoney }
    /// Whether money moves by codes of this kind, by whatever scheme and in whatever direction.
    public var isPaymentCode: Bool { codeKind.isPaymentCode }

    /// Fields beyond this many are left out.
    static let maximumFields = 40

    init(
        _ kind: CodeKind, masked: String, problem: CodeProblem? = nil, fields: [CodeField] = []
    ) {
        self.codeKind = kind
        self.formatProblem = problem
        self.fields = Array(fields.prefix(Self.maximumFields))
        self.masked = masked
    }
}

/// Makes what a stranger wrote fit to be shown on one line.
enum SafeText {
    /// Enough for every field of every scheme here; more is noise or an attack.
    static let maximumCharacters = 100

    /// The text without what moves a cursor or turns the direction of writing, cut to length.
    static func of(_ text: String) -> String {
        var safe = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < maximumCharacters else {
                safe.append("…")
                break
            }
            safe.append(isSafe(scalar) ? scalar : "\u{FFFD}")
            count += 1
        }
        return String(safe)
    }

    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return ASCII.isPrintable(UInt8(scalar.value)) }
        return scalar.isDisplayable
    }
}
