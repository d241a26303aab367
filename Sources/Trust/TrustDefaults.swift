/// The limits and usual spans of time of trust documents (`docs/spec/trust.md`, *Limits*).
public enum TrustDefaults {
    /// How many root keys a hub makes: one may be lost and one stolen, not both.
    public static let rootKeyCount = 3
    /// How many of them must sign: no one person alone changes what terminals believe.
    public static let rootThreshold = 2
    /// The most root keys: more people than ever meet around one safe.
    public static let maximumRootKeys = 16
    /// The longest signed root document in bytes: 16 keys and 32 signatures of either kind fit.
    public static let maximumRootBytes = 16 << 10
    /// The longest signed trust list in bytes (4 MiB): 20,000 terminals, and every currency's
    /// limits for some hundred of them.
    public static let maximumListBytes = 4 << 20
    /// The most entries of a trust list: twice the largest fleet that is measured.
    public static let maximumEntries = 20_000
    /// The most currencies with a limit in one entry: more than ISO 4217 has.
    public static let maximumLimits = 300
    /// The longest freshness statement in bytes: eight names and one signature fit many times.
    public static let maximumFreshnessBytes = 2 << 10
    /// The most documents that a freshness statement names.
    public static let maximumNames = 8
    /// The most root documents that are taken in one exchange: a terminal that slept through more
    /// rotations catches up in the next, and no hub keeps it busy for ever.
    public static let maximumRootSteps = 16

    /// A root document lasts two years: rotation is an occasion that people plan.
    public static let rootLifeSeconds: UInt64 = 731 * day
    /// A trust list lasts 90 days: by then a hub that is still alive has published another.
    public static let listLifeSeconds: UInt64 = 90 * day
    /// A freshness statement lasts a day: a shop that is closed overnight opens with one.
    public static let freshnessLifeSeconds: UInt64 = day
    /// No statement may last longer than a week: who steals the hub's online key cannot make one
    /// that freezes terminals for ever.
    public static let maximumFreshnessLifeSeconds: UInt64 = 7 * day
    /// A statement is renewed when it is five minutes old: the age that terminals see stays small,
    /// and a hub of many terminals signs twelve an hour and not one for each question.
    public static let freshnessRenewalSeconds: UInt64 = 300
    /// An issuer's key signs for 90 days at most unless told otherwise.
    public static let issuerKeyLifeSeconds: UInt64 = 90 * day
    /// What it has signed is honoured for a year and a month longer: a voucher given for one
    /// birthday is spent before the next.
    public static let issuerKeyHonourSeconds: UInt64 = 396 * day
    /// An issuer's new key is made when the old one has 30 days left, so that every terminal
    /// learns it before it is needed.
    public static let issuerKeyOverlapSeconds: UInt64 = 30 * day
    /// The hub's and the terminals' keys are in force for two years.
    public static let deviceKeyLifeSeconds: UInt64 = 731 * day
    /// What a terminal has signed as refund vouchers is honoured for three years (1,096 days)
    /// longer than its key signs: as long as such a voucher lives.
    public static let refundHonourSeconds: UInt64 = 1_096 * day
    /// How far ahead of the terminal's clock a document may have been issued: clocks of a shop and
    /// of a hub differ by minutes, not by hours.
    public static let clockToleranceSeconds: UInt64 = 600

    private static let day: UInt64 = 86_400
}
