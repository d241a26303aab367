public import HubProtocol
public import Payments

// Why an entry of the journal says what it says.
extension PaymentTerminal {
    /// Entries read at a time while a receipt is looked for.
    private static let pageSize = 500

    /// Explains the entry at this place; nil where there is none.
    public func explanation(sequence: UInt64) async throws(JournalError)
        -> (explanation: DecisionExplanation, acknowledgedThrough: UInt64)?
    {
        guard sequence > 0 else { return nil }
        let entry = try await parts.journal.entries(after: sequence - 1, limit: 1).first
        guard let entry, entry.sequence == sequence else { return nil }
        return try await explain(entry)
    }

    /// Explains the entry with this receipt number; nil where there is none.
    public func explanation(receipt: ReceiptNumber) async throws(JournalError)
        -> (explanation: DecisionExplanation, acknowledgedThrough: UInt64)?
    {
        var last: UInt64 = 0
        while true {
            let page = try await parts.journal.entries(after: last, limit: Self.pageSize)
            if let entry = page.first(where: { $0.receipt == receipt }) {
                return try await explain(entry)
            }
            guard let end = page.last else { return nil }
            last = end.sequence
        }
    }

    private func explain(_ entry: JournalEntry) async throws(JournalError)
        -> (explanation: DecisionExplanation, acknowledgedThrough: UInt64)
    {
        // The documents are fetched first: an explanation itself waits for nothing.
        var documents: [[UInt8]: [UInt8]] = [:]
        for digest in DecisionExplainer.documents(of: entry) {
            documents[digest] = try await parts.journal.document(digest: digest)?.bytes
        }
        let explanation = DecisionExplainer { documents[$0] }.explain(entry)
        return (explanation, try await parts.journal.queue().acknowledgedThrough)
    }
}
