-- The journal's schema, version 8: docs/spec/journal.md.
PRAGMA application_id = 1414285873;
PRAGMA user_version = 8;
CREATE TABLE journal (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    identity BLOB NOT NULL CHECK (length(identity) = 8),
    settled INTEGER NOT NULL DEFAULT 0
, horizon INTEGER NOT NULL DEFAULT 0 CHECK (horizon >= 0), told INTEGER NOT NULL DEFAULT 0 CHECK (told >= 0), first_period INTEGER NOT NULL DEFAULT 1
    CHECK (first_period >= 1), outstanding_since INTEGER) STRICT;
CREATE TABLE entry (
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL CHECK (at >= 0),
    kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 9),
    sale TEXT REFERENCES sale (reference),
    currency INTEGER CHECK (currency BETWEEN 1 AND 999),
    amount INTEGER CHECK (amount > 0),
    receipt INTEGER UNIQUE,
    reason TEXT CHECK (length(CAST(reason AS BLOB)) BETWEEN 1 AND 100),
    body BLOB NOT NULL CHECK (length(body) BETWEEN 1 AND 1800),
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    CONSTRAINT entry_is_about_a_sale_or_none CHECK (
        (kind <= 5 OR kind = 9) = (sale IS NOT NULL) AND (kind <= 5 OR kind = 9) = (currency IS NOT NULL)
        AND (kind <= 5 OR kind = 9) = (amount IS NOT NULL)),
    CONSTRAINT entry_has_the_receipt_of_its_kind CHECK (
        (kind IN (1, 3, 4)) = (receipt IS NOT NULL)),
    CONSTRAINT entry_has_the_reason_of_its_kind CHECK (
        (kind <> 2 OR reason IS NOT NULL) AND (reason IS NULL OR kind BETWEEN 2 AND 5))
) STRICT;
CREATE TABLE sale (
    reference TEXT PRIMARY KEY CHECK (
        length(reference) BETWEEN 1 AND 25 AND reference NOT GLOB '*[^0-9A-Za-z]*'),
    key TEXT UNIQUE CHECK (length(CAST(key AS BLOB)) <= 64),
    currency INTEGER NOT NULL CHECK (currency BETWEEN 1 AND 999),
    total INTEGER NOT NULL CHECK (total > 0),
    captured INTEGER NOT NULL CHECK (captured >= 0),
    state TEXT NOT NULL
        CHECK (state IN ('open', 'paid', 'partly-paid', 'cancelled', 'expired', 'unconfirmed', 'marked-paid')),
    nonce BLOB NOT NULL UNIQUE CHECK (length(nonce) = 8),
    asked INTEGER NOT NULL CHECK (asked BETWEEN 1 AND total),
    expiry INTEGER NOT NULL CHECK (expiry >= 0),
    opened INTEGER NOT NULL CHECK (opened >= 0),
    archived INTEGER NOT NULL DEFAULT 0 CHECK (archived BETWEEN 0 AND captured),
    CONSTRAINT sale_captures_its_total_at_most CHECK (captured <= total),
    CONSTRAINT sale_is_paid_when_captured CHECK ((state = 'paid') = (captured = total)),
    CONSTRAINT sale_state_tells_captured CHECK (
        (state NOT IN ('cancelled', 'expired') OR captured = 0)
        AND (state <> 'partly-paid' OR captured > 0))
) STRICT, WITHOUT ROWID;
CREATE TABLE voucher (
    issuer TEXT NOT NULL CHECK (length(CAST(issuer AS BLOB)) BETWEEN 1 AND 32),
    cti BLOB NOT NULL CHECK (length(cti) BETWEEN 8 AND 16),
    kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
    currency INTEGER NOT NULL CHECK (currency BETWEEN 1 AND 999),
    core BLOB NOT NULL CHECK (length(core) = 32),
    expiry INTEGER NOT NULL CHECK (expiry >= 0),
    ceiling INTEGER NOT NULL CHECK (ceiling > 0),
    spent INTEGER NOT NULL CHECK (spent >= 0), redeemed INTEGER NOT NULL DEFAULT 0 CHECK (redeemed >= 0), returned INTEGER NOT NULL DEFAULT 0 CHECK (returned >= 0),
    PRIMARY KEY (issuer, cti),
    CONSTRAINT voucher_never_above_its_ceiling CHECK (spent <= ceiling),
    CONSTRAINT fixed_voucher_spent_whole CHECK (kind <> 1 OR spent IN (0, ceiling))
) STRICT, WITHOUT ROWID;
CREATE TABLE redemption (
    sequence INTEGER PRIMARY KEY,
    issuer TEXT NOT NULL,
    cti BLOB NOT NULL,
    kind INTEGER NOT NULL,
    consumed INTEGER NOT NULL CHECK (consumed > 0),
    nonce BLOB UNIQUE CHECK (length(nonce) BETWEEN 8 AND 16),
    presentation BLOB UNIQUE CHECK (length(presentation) = 32),
    at INTEGER NOT NULL CHECK (at >= 0),
    amount INTEGER NOT NULL CHECK (amount > 0),
    receipt INTEGER NOT NULL CHECK (receipt > 0), holder BLOB CHECK (length(holder) = 32),
    FOREIGN KEY (issuer, cti) REFERENCES voucher (issuer, cti)
) STRICT;
CREATE TABLE batch (
    number INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    bytes BLOB NOT NULL CHECK (length(bytes) > 0),
    acknowledgement BLOB CHECK (length(acknowledgement) > 0),
    CHECK (last >= first)
) STRICT;
CREATE TABLE undo (
    sequence INTEGER PRIMARY KEY,
    capture INTEGER NOT NULL CHECK (capture < sequence),
    kind INTEGER NOT NULL CHECK (kind BETWEEN 3 AND 5),
    way INTEGER CHECK (
        (way IS NULL) = (kind <> 4) AND coalesce(way, 1) BETWEEN 1 AND 3),
    amount INTEGER NOT NULL CHECK (amount > 0),
    restored INTEGER NOT NULL DEFAULT 0 CHECK (restored >= 0)
, key TEXT CHECK (length(CAST(key AS BLOB)) BETWEEN 1 AND 64), issuer TEXT, cti BLOB CHECK ((cti IS NULL) = (issuer IS NULL))) STRICT;
CREATE TABLE period (
    number INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL UNIQUE,
    first INTEGER NOT NULL CHECK (first <= sequence)
) STRICT;
CREATE TABLE period_currency (currency INTEGER PRIMARY KEY) STRICT;
CREATE TABLE document (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 255),
    version INTEGER NOT NULL CHECK (version >= 0),
    bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 4194304)
) STRICT;
CREATE TABLE adoption (
    sequence INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    hash BLOB NOT NULL REFERENCES document (hash)
) STRICT;
CREATE TABLE checkpoint (
    sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 1000)
) STRICT;
CREATE TABLE segment (
    number INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL CHECK (last >= first),
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    receipt INTEGER NOT NULL CHECK (receipt >= 0),
    digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT;
CREATE TABLE unclear (sequence INTEGER PRIMARY KEY) STRICT;
CREATE TABLE outstanding (
    currency INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    issuer TEXT NOT NULL,
    captures INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0,
    returned INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (currency, kind, issuer),
    CONSTRAINT outstanding_undone_within_captured CHECK (
        undone BETWEEN 0 AND captures AND returned BETWEEN 0 AND amount)
) STRICT, WITHOUT ROWID;
CREATE TABLE drawer (
    period INTEGER PRIMARY KEY CHECK (period >= 1),
    currency INTEGER NOT NULL CHECK (currency BETWEEN 1 AND 999),
    float INTEGER NOT NULL CHECK (float BETWEEN 0 AND 9007199254740991),
    counted INTEGER CHECK (counted BETWEEN 0 AND 9007199254740991),
    counts INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT drawer_is_counted_or_not CHECK (
        counts >= 0 AND (counts > 0) = (counted IS NOT NULL))
) STRICT;
CREATE TABLE sale_vat (
    sale TEXT NOT NULL REFERENCES sale (reference),
    code TEXT NOT NULL CHECK (code GLOB '[A-Z]'),
    rate INTEGER NOT NULL CHECK (rate BETWEEN 0 AND 10000),
    gross INTEGER NOT NULL CHECK (gross BETWEEN 1 AND 9007199254740991),
    tax INTEGER NOT NULL CHECK (tax BETWEEN 0 AND gross),
    PRIMARY KEY (sale, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE entry_vat (
    sequence INTEGER NOT NULL,
    code TEXT NOT NULL CHECK (code GLOB '[A-Z]'),
    rate INTEGER NOT NULL CHECK (rate BETWEEN 0 AND 10000),
    gross INTEGER NOT NULL CHECK (gross BETWEEN 1 AND 9007199254740991),
    tax INTEGER NOT NULL CHECK (tax BETWEEN 0 AND gross),
    PRIMARY KEY (sequence, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE sale_tip (
    sale TEXT NOT NULL PRIMARY KEY REFERENCES sale (reference),
    amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991)
) STRICT, WITHOUT ROWID;
CREATE TABLE entry_tip (
    sequence INTEGER PRIMARY KEY,
    amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991)
) STRICT;
CREATE INDEX entry_of_sale ON entry (sale);
CREATE INDEX entry_by_time ON entry (at);
CREATE UNIQUE INDEX sale_open_once ON sale (state) WHERE state = 'open';
CREATE INDEX sale_by_expiry ON sale (expiry);
CREATE INDEX sale_by_opening ON sale (opened);
CREATE INDEX redemption_of_voucher ON redemption (issuer, cti, sequence);
CREATE UNIQUE INDEX batch_waits_alone ON batch ((1)) WHERE acknowledgement IS NULL;
CREATE INDEX undo_of_capture ON undo (capture);
CREATE INDEX adoption_by_kind ON adoption (kind, sequence);
CREATE INDEX adoption_of_document ON adoption (hash);
CREATE UNIQUE INDEX undo_by_key ON undo (key) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX refund_voucher_once ON undo (issuer, cti) WHERE way = 2;
CREATE INDEX redemption_of_holder ON redemption (holder, at) WHERE holder IS NOT NULL;
CREATE TRIGGER journal_keeps_its_identity BEFORE UPDATE ON journal BEGIN
    SELECT RAISE(ABORT, 'journal-identity-immutable')
        WHERE NEW.one <> OLD.one OR NEW.identity <> OLD.identity
        OR NEW.settled < OLD.settled;
    SELECT RAISE(ABORT, 'journal-horizon-falls') WHERE NEW.horizon < OLD.horizon;
END;
CREATE TRIGGER journal_remains BEFORE DELETE ON journal BEGIN
    SELECT RAISE(ABORT, 'journal-identity-immutable');
END;
CREATE TRIGGER entry_continues BEFORE INSERT ON entry BEGIN
    SELECT RAISE(ABORT, 'entry-sequence-gap')
        WHERE NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM entry);
    SELECT RAISE(ABORT, 'entry-chain-broken')
        WHERE NEW.previous <> coalesce(
            (SELECT hash FROM entry ORDER BY sequence DESC LIMIT 1), zeroblob(32));
    SELECT RAISE(ABORT, 'receipt-gap')
        WHERE NEW.receipt IS NOT NULL
        AND NEW.receipt <> 1 + coalesce(
            (SELECT max(receipt) FROM entry),
            (SELECT receipt FROM segment ORDER BY number DESC LIMIT 1), 0);
END;
CREATE TRIGGER entry_pays AFTER INSERT ON entry WHEN NEW.kind = 1 BEGIN
    SELECT RAISE(ABORT, 'capture-in-other-currency')
        WHERE NEW.currency <> (SELECT currency FROM sale WHERE reference = NEW.sale);
    UPDATE sale SET
        captured = captured + NEW.amount,
        state = CASE WHEN captured + NEW.amount = total THEN 'paid' ELSE state END
        WHERE reference = NEW.sale;
END;
CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN
    SELECT RAISE(ABORT, 'entry-immutable');
END;
CREATE TRIGGER entry_remains BEFORE DELETE ON entry
WHEN OLD.sequence > (SELECT coalesce(max(last), 0) FROM segment) BEGIN
    SELECT RAISE(ABORT, 'entry-immutable');
END;
CREATE TRIGGER entry_leaves AFTER DELETE ON entry WHEN OLD.kind = 1 BEGIN
    UPDATE sale SET archived = archived + OLD.amount WHERE reference = OLD.sale;
END;
CREATE TRIGGER sale_begins AFTER INSERT ON sale BEGIN
    SELECT RAISE(ABORT, 'sale-captured-differs') WHERE NEW.captured <> 0;
    SELECT RAISE(ABORT, 'request-already-paid')
        WHERE EXISTS (SELECT 1 FROM redemption WHERE nonce = NEW.nonce);
END;
CREATE TRIGGER sale_remains BEFORE DELETE ON sale BEGIN
    SELECT RAISE(ABORT, 'sale-remains')
        WHERE OLD.state = 'open'
        OR OLD.expiry >= (SELECT horizon FROM journal)
        OR OLD.opened >= (SELECT horizon FROM journal)
        OR EXISTS (SELECT 1 FROM entry WHERE sale = OLD.reference);
END;
CREATE TRIGGER voucher_remains BEFORE DELETE ON voucher
WHEN OLD.expiry + 3600 >= (SELECT horizon FROM journal) BEGIN
    SELECT RAISE(ABORT, 'voucher-memory-remains');
END;
CREATE TRIGGER redemption_spends AFTER INSERT ON redemption BEGIN
    SELECT RAISE(ABORT, 'redemption-without-capture')
        WHERE NOT EXISTS (
            SELECT 1 FROM entry WHERE sequence = NEW.sequence AND kind = 1
            AND amount <= NEW.consumed AND at = NEW.at AND amount = NEW.amount
            AND receipt = NEW.receipt);
    SELECT RAISE(ABORT, 'redemption-of-other-kind')
        WHERE NEW.kind <> (
            SELECT kind FROM voucher WHERE issuer = NEW.issuer AND cti = NEW.cti);
    SELECT RAISE(ABORT, 'redemption-in-other-currency')
        WHERE (SELECT currency FROM entry WHERE sequence = NEW.sequence) <> (
            SELECT currency FROM voucher WHERE issuer = NEW.issuer AND cti = NEW.cti);
    SELECT RAISE(ABORT, 'request-of-other-sale')
        WHERE NEW.nonce IS NOT NULL AND NEW.nonce IS NOT (
            SELECT nonce FROM sale WHERE reference = (
                SELECT sale FROM entry WHERE sequence = NEW.sequence));
    UPDATE voucher SET spent = spent + NEW.consumed
        WHERE issuer = NEW.issuer AND cti = NEW.cti;
END;
CREATE TRIGGER redemption_stays BEFORE UPDATE ON redemption BEGIN
    SELECT RAISE(ABORT, 'redemption-immutable');
END;
CREATE TRIGGER redemption_remains BEFORE DELETE ON redemption BEGIN
    SELECT RAISE(ABORT, 'redemption-immutable')
        WHERE EXISTS (SELECT 1 FROM entry WHERE sequence = OLD.sequence)
        OR EXISTS (
            SELECT 1 FROM voucher WHERE issuer = OLD.issuer AND cti = OLD.cti
            AND expiry + 3600 >= (SELECT horizon FROM journal));
END;
CREATE TRIGGER batch_continues BEFORE INSERT ON batch BEGIN
    SELECT RAISE(ABORT, 'batch-gap')
        WHERE NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM batch)
        OR NEW.first <> coalesce(
            (SELECT last FROM batch ORDER BY number DESC LIMIT 1), 0) + 1;
    SELECT RAISE(ABORT, 'batch-without-entries')
        WHERE NOT EXISTS (SELECT 1 FROM entry WHERE sequence = NEW.last);
END;
CREATE TRIGGER batch_stays BEFORE UPDATE ON batch BEGIN
    SELECT RAISE(ABORT, 'batch-immutable')
        WHERE NEW.number <> OLD.number OR NEW.first <> OLD.first OR NEW.last <> OLD.last
        OR NEW.bytes <> OLD.bytes OR OLD.acknowledgement IS NOT NULL
        OR NEW.acknowledgement IS NULL;
END;
CREATE TRIGGER batch_remains BEFORE DELETE ON batch BEGIN
    SELECT RAISE(ABORT, 'batch-immutable')
        WHERE OLD.last > (SELECT coalesce(max(last), 0) FROM segment)
        OR OLD.number = (SELECT max(number) FROM batch);
END;
CREATE TRIGGER undo_within_its_capture BEFORE INSERT ON undo BEGIN
    SELECT RAISE(ABORT, 'undo-without-entry')
        WHERE NOT EXISTS (
            SELECT 1 FROM entry WHERE sequence = NEW.sequence AND kind = NEW.kind
            AND amount = NEW.amount);
    SELECT RAISE(ABORT, 'undo-of-no-capture')
        WHERE NOT EXISTS (SELECT 1 FROM entry WHERE sequence = NEW.capture AND kind = 1);
    SELECT RAISE(ABORT, 'undo-of-other-sale')
        WHERE (SELECT sale FROM entry WHERE sequence = NEW.sequence) <> (
            SELECT sale FROM entry WHERE sequence = NEW.capture);
    SELECT RAISE(ABORT, 'undo-in-other-currency')
        WHERE (SELECT currency FROM entry WHERE sequence = NEW.sequence) <> (
            SELECT currency FROM entry WHERE sequence = NEW.capture);
    SELECT RAISE(ABORT, 'undo-already-whole')
        WHERE EXISTS (
            SELECT 1 FROM undo WHERE capture = NEW.capture
            AND (kind IN (3, 5) OR NEW.kind IN (3, 5)));
    SELECT RAISE(ABORT, 'undo-above-its-capture')
        WHERE NEW.amount + (
            SELECT coalesce(sum(amount), 0) FROM undo WHERE capture = NEW.capture) > (
            SELECT amount FROM entry WHERE sequence = NEW.capture);
    SELECT RAISE(ABORT, 'undo-not-whole')
        WHERE NEW.kind IN (3, 5) AND NEW.amount <> (
            SELECT amount FROM entry WHERE sequence = NEW.capture);
    SELECT RAISE(ABORT, 'cancellation-after-period')
        WHERE NEW.kind = 3
        AND EXISTS (SELECT 1 FROM period WHERE sequence > NEW.capture);
    SELECT RAISE(ABORT, 'undo-restores-too-much')
        WHERE NEW.restored > (
            SELECT consumed FROM redemption WHERE sequence = NEW.capture);
END;
CREATE TRIGGER undo_stays BEFORE UPDATE ON undo BEGIN
    SELECT RAISE(ABORT, 'undo-immutable');
END;
CREATE TRIGGER undo_remains BEFORE DELETE ON undo
WHEN EXISTS (SELECT 1 FROM entry WHERE sequence = OLD.sequence) BEGIN
    SELECT RAISE(ABORT, 'undo-immutable');
END;
CREATE TRIGGER period_has_room AFTER INSERT ON entry
WHEN NEW.kind IN (1, 3, 4, 5)
AND NOT EXISTS (SELECT 1 FROM period_currency WHERE currency = NEW.currency) BEGIN
    SELECT RAISE(ABORT, 'period-currencies-full')
        WHERE (SELECT count(*) FROM period_currency) >= 16;
    INSERT INTO period_currency VALUES (NEW.currency);
END;
CREATE TRIGGER period_begins AFTER INSERT ON period BEGIN
    DELETE FROM period_currency;
END;
CREATE TRIGGER period_stays BEFORE UPDATE ON period BEGIN
    SELECT RAISE(ABORT, 'period-immutable');
END;
CREATE TRIGGER period_remains BEFORE DELETE ON period BEGIN
    SELECT RAISE(ABORT, 'period-immutable');
END;
CREATE TRIGGER adoption_has_its_entry BEFORE INSERT ON adoption BEGIN
    SELECT RAISE(ABORT, 'adoption-without-entry')
        WHERE NOT EXISTS (SELECT 1 FROM entry WHERE sequence = NEW.sequence AND kind = 7);
    SELECT RAISE(ABORT, 'adoption-of-other-kind')
        WHERE NEW.kind IS NOT (SELECT kind FROM document WHERE hash = NEW.hash);
END;
CREATE TRIGGER adoption_stays BEFORE UPDATE ON adoption BEGIN
    SELECT RAISE(ABORT, 'adoption-immutable');
END;
CREATE TRIGGER adoption_remains BEFORE DELETE ON adoption BEGIN
    SELECT RAISE(ABORT, 'adoption-immutable')
        WHERE EXISTS (SELECT 1 FROM entry WHERE sequence = OLD.sequence)
        OR OLD.sequence = (SELECT max(sequence) FROM adoption WHERE kind = OLD.kind);
END;
CREATE TRIGGER document_stays BEFORE UPDATE ON document BEGIN
    SELECT RAISE(ABORT, 'document-immutable');
END;
CREATE TRIGGER document_remains BEFORE DELETE ON document
WHEN EXISTS (SELECT 1 FROM adoption WHERE hash = OLD.hash) BEGIN
    SELECT RAISE(ABORT, 'document-immutable');
END;
CREATE TRIGGER checkpoint_of_its_entry BEFORE INSERT ON checkpoint BEGIN
    SELECT RAISE(ABORT, 'checkpoint-of-no-entry')
        WHERE NEW.hash IS NOT (SELECT hash FROM entry WHERE sequence = NEW.sequence);
END;
CREATE TRIGGER checkpoint_stays BEFORE UPDATE ON checkpoint BEGIN
    SELECT RAISE(ABORT, 'checkpoint-immutable');
END;
CREATE TRIGGER checkpoint_remains BEFORE DELETE ON checkpoint
WHEN OLD.sequence = (SELECT max(sequence) FROM checkpoint) BEGIN
    SELECT RAISE(ABORT, 'checkpoint-immutable');
END;
CREATE TRIGGER segment_continues BEFORE INSERT ON segment BEGIN
    SELECT RAISE(ABORT, 'segment-gap')
        WHERE NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM segment)
        OR NEW.first <> (SELECT coalesce(max(last), 0) + 1 FROM segment);
    SELECT RAISE(ABORT, 'segment-chain-broken')
        WHERE NEW.previous IS NOT (SELECT previous FROM entry WHERE sequence = NEW.first)
        OR NEW.hash IS NOT (SELECT hash FROM entry WHERE sequence = NEW.last);
    SELECT RAISE(ABORT, 'segment-receipt-differs')
        WHERE NEW.receipt <> coalesce(
            (SELECT max(receipt) FROM entry WHERE sequence <= NEW.last),
            (SELECT receipt FROM segment ORDER BY number DESC LIMIT 1), 0);
    SELECT RAISE(ABORT, 'segment-not-acknowledged')
        WHERE NEW.last > (
            SELECT coalesce(max(last), 0) FROM batch WHERE acknowledgement IS NOT NULL);
    SELECT RAISE(ABORT, 'segment-of-open-period')
        WHERE NEW.last > (SELECT coalesce(max(sequence), 0) FROM period);
    SELECT RAISE(ABORT, 'segment-of-last-entry')
        WHERE NEW.last >= (SELECT max(sequence) FROM entry);
END;
CREATE TRIGGER segment_stays BEFORE UPDATE ON segment BEGIN
    SELECT RAISE(ABORT, 'segment-immutable');
END;
CREATE TRIGGER segment_remains BEFORE DELETE ON segment BEGIN
    SELECT RAISE(ABORT, 'segment-immutable');
END;
CREATE TRIGGER voucher_keeps_its_terms BEFORE UPDATE ON voucher BEGIN
    SELECT RAISE(ABORT, 'conflicting-voucher')
        WHERE NEW.issuer <> OLD.issuer OR NEW.cti <> OLD.cti OR NEW.kind <> OLD.kind
        OR NEW.currency <> OLD.currency OR NEW.core <> OLD.core
        OR NEW.expiry <> OLD.expiry OR (OLD.kind <> 2 AND NEW.ceiling <> OLD.ceiling);
    SELECT RAISE(ABORT, 'voucher-memory-falls')
        WHERE NEW.ceiling < OLD.ceiling OR NEW.redeemed < OLD.redeemed
        OR NEW.returned < OLD.returned OR NEW.spent < NEW.redeemed
        OR NEW.spent + (NEW.returned - OLD.returned) < OLD.spent;
    SELECT RAISE(ABORT, 'voucher-returned-without-undo')
        WHERE NEW.returned > OLD.returned
        AND NEW.returned - OLD.returned IS NOT (
            SELECT restored FROM undo WHERE issuer = NEW.issuer AND cti = NEW.cti
            ORDER BY sequence DESC LIMIT 1);
END;
CREATE TRIGGER fixed_voucher_once BEFORE INSERT ON redemption WHEN NEW.kind = 1 BEGIN
    SELECT RAISE(ABORT, 'fixed-voucher-twice')
        WHERE (
            SELECT coalesce(sum(consumed), 0) FROM redemption
            WHERE issuer = NEW.issuer AND cti = NEW.cti) > (
            SELECT returned FROM voucher WHERE issuer = NEW.issuer AND cti = NEW.cti);
END;
CREATE TRIGGER undo_returns AFTER INSERT ON undo BEGIN
    SELECT RAISE(ABORT, 'undo-of-open-sale')
        WHERE (SELECT state FROM sale WHERE reference = (
            SELECT sale FROM entry WHERE sequence = NEW.sequence)) = 'open';
    SELECT RAISE(ABORT, 'undo-of-other-voucher')
        WHERE (NEW.kind <> 4 OR NEW.way = 1) AND NOT EXISTS (
            SELECT 1 FROM redemption WHERE sequence = NEW.capture
            AND issuer IS NEW.issuer AND cti IS NEW.cti);
    SELECT RAISE(ABORT, 'undo-restores-otherwise')
        WHERE NEW.restored IS NOT CASE
            WHEN NEW.kind <> 4 THEN (
                SELECT consumed FROM redemption WHERE sequence = NEW.capture)
            WHEN NEW.way = 3 THEN 0 ELSE NEW.amount END;
    SELECT RAISE(ABORT, 'undo-in-part-of-fixed-voucher')
        WHERE NEW.way = 1 AND EXISTS (
            SELECT 1 FROM redemption WHERE sequence = NEW.capture AND kind = 1);
    SELECT RAISE(ABORT, 'refund-voucher-without-name')
        WHERE NEW.way = 2 AND NEW.issuer IS NULL;
    UPDATE voucher SET
        returned = returned + NEW.restored,
        spent = max(redeemed, spent - min(spent, NEW.restored))
        WHERE issuer = NEW.issuer AND cti = NEW.cti AND (NEW.kind <> 4 OR NEW.way = 1);
END;
CREATE TRIGGER journal_told_stays BEFORE UPDATE ON journal BEGIN
    SELECT RAISE(ABORT, 'journal-told-falls') WHERE NEW.told < OLD.told;
END;
CREATE TRIGGER period_continues BEFORE INSERT ON period BEGIN
    SELECT RAISE(ABORT, 'period-gap')
        WHERE NEW.number <> coalesce(
            (SELECT max(number) FROM period) + 1, (SELECT first_period FROM journal))
        OR NEW.first <> (SELECT coalesce(max(sequence), 0) + 1 FROM period);
    SELECT RAISE(ABORT, 'period-without-entry')
        WHERE NOT EXISTS (SELECT 1 FROM entry WHERE sequence = NEW.sequence AND kind = 6);
END;
CREATE TRIGGER journal_first_period_stays BEFORE UPDATE ON journal
WHEN NEW.first_period <> OLD.first_period BEGIN
    SELECT RAISE(ABORT, 'journal-first-period-fixed')
        WHERE OLD.first_period <> 1 OR EXISTS (SELECT 1 FROM period)
        OR EXISTS (SELECT 1 FROM checkpoint);
END;
CREATE TRIGGER outstanding_rises AFTER INSERT ON redemption BEGIN
    INSERT INTO outstanding (currency, kind, issuer, captures, amount)
        VALUES ((SELECT currency FROM entry WHERE sequence = NEW.sequence), NEW.kind,
            NEW.issuer, 1, NEW.amount)
        ON CONFLICT (currency, kind, issuer) DO UPDATE SET
            captures = captures + 1, amount = amount + excluded.amount;
    UPDATE journal SET outstanding_since = NEW.at
        WHERE outstanding_since IS NULL OR outstanding_since > NEW.at;
END;
CREATE TRIGGER outstanding_returns AFTER INSERT ON undo
WHEN (NEW.kind <> 4 OR NEW.way = 1) AND NEW.capture > coalesce((SELECT last FROM batch WHERE acknowledgement IS NOT NULL
    ORDER BY number DESC LIMIT 1), 0) BEGIN
    UPDATE outstanding SET
        returned = returned + NEW.amount,
        undone = undone + (
            (SELECT sum(amount) FROM undo
                WHERE capture = NEW.capture AND (kind <> 4 OR way = 1))
            = (SELECT amount FROM redemption WHERE sequence = NEW.capture))
        WHERE currency = (SELECT currency FROM entry WHERE sequence = NEW.capture)
        AND (kind, issuer) = (
            SELECT kind, issuer FROM redemption WHERE sequence = NEW.capture);
END;
CREATE TRIGGER outstanding_falls AFTER UPDATE ON batch
WHEN OLD.acknowledgement IS NULL AND NEW.acknowledgement IS NOT NULL BEGIN
    UPDATE outstanding SET
        captures = outstanding.captures - gone.captures,
        amount = outstanding.amount - gone.amount,
        undone = outstanding.undone - gone.undone,
        returned = outstanding.returned - gone.returned
        FROM (SELECT e.currency, r.kind, r.issuer, count(*) AS captures, sum(r.amount) AS amount,
    sum(coalesce(b.amount, 0) = r.amount) AS undone,
    sum(coalesce(b.amount, 0)) AS returned
FROM redemption r JOIN entry e USING (sequence) LEFT JOIN (
    SELECT capture, sum(amount) AS amount FROM undo
    WHERE capture > NEW.first - 1 AND capture <= NEW.last AND (kind <> 4 OR way = 1)
    GROUP BY capture) b ON b.capture = r.sequence
WHERE r.sequence > NEW.first - 1 AND r.sequence <= NEW.last
GROUP BY e.currency, r.kind, r.issuer) AS gone
        WHERE outstanding.currency = gone.currency AND outstanding.kind = gone.kind
        AND outstanding.issuer = gone.issuer;
    DELETE FROM outstanding WHERE captures = 0;
    UPDATE journal SET outstanding_since = (
        SELECT min(at) FROM redemption WHERE sequence > NEW.last);
END;
CREATE TRIGGER sale_keeps_its_terms BEFORE UPDATE ON sale BEGIN
    SELECT RAISE(ABORT, 'sale-terms-immutable')
        WHERE NEW.reference <> OLD.reference OR NEW.key IS NOT OLD.key
        OR NEW.currency <> OLD.currency OR NEW.total <> OLD.total
        OR NEW.opened <> OLD.opened;
    SELECT RAISE(ABORT, 'sale-already-paid')
        WHERE OLD.state = 'paid' AND NEW.archived = OLD.archived;
    SELECT RAISE(ABORT, 'sale-marked-paid')
        WHERE OLD.state = 'marked-paid' AND NEW.archived = OLD.archived;
    SELECT RAISE(ABORT, 'mark-without-entry')
        WHERE NEW.state = 'marked-paid' AND OLD.state <> 'marked-paid'
        AND (OLD.state <> 'unconfirmed' OR NOT EXISTS (
            SELECT 1 FROM entry WHERE sale = NEW.reference AND kind = 9));
    SELECT RAISE(ABORT, 'sale-has-ended')
        WHERE OLD.state <> 'open' AND NEW.state NOT IN (OLD.state, 'paid', 'marked-paid');
    SELECT RAISE(ABORT, 'sale-captured-differs')
        WHERE NEW.captured <> NEW.archived + (
            SELECT coalesce(sum(amount), 0) FROM entry
            WHERE sale = NEW.reference AND kind = 1);
    SELECT RAISE(ABORT, 'request-already-paid')
        WHERE NEW.nonce <> OLD.nonce
        AND EXISTS (SELECT 1 FROM redemption WHERE nonce = NEW.nonce);
END;
CREATE TRIGGER sale_begins_unmarked BEFORE INSERT ON sale
WHEN NEW.state = 'marked-paid' BEGIN
    SELECT RAISE(ABORT, 'mark-without-entry');
END;
CREATE TRIGGER entry_marks AFTER INSERT ON entry WHEN NEW.kind = 9 BEGIN
    SELECT RAISE(ABORT, 'mark-of-other-sale') WHERE NOT EXISTS (
        SELECT 1 FROM sale WHERE reference = NEW.sale AND state = 'unconfirmed'
        AND currency = NEW.currency AND total - captured = NEW.amount);
    UPDATE sale SET state = 'marked-paid' WHERE reference = NEW.sale;
END;
CREATE TRIGGER drawer_of_open_period BEFORE INSERT ON drawer BEGIN
    SELECT RAISE(ABORT, 'drawer-of-closed-period')
        WHERE EXISTS (SELECT 1 FROM period WHERE number >= NEW.period);
END;
CREATE TRIGGER drawer_stays BEFORE UPDATE ON drawer BEGIN
    SELECT RAISE(ABORT, 'drawer-of-closed-period')
        WHERE EXISTS (
            SELECT 1 FROM period WHERE number >= min(OLD.period, NEW.period));
    SELECT RAISE(ABORT, 'drawer-counted')
        WHERE NEW.currency <> OLD.currency
        OR NEW.counts < OLD.counts OR (OLD.counts > 0 AND NEW.float <> OLD.float)
        OR (NEW.counted IS NOT OLD.counted AND NEW.counts <= OLD.counts);
END;
CREATE TRIGGER drawer_follows_first_period AFTER UPDATE OF first_period ON journal BEGIN
    UPDATE drawer SET period = NEW.first_period WHERE period = OLD.first_period;
END;
CREATE TRIGGER drawer_remains BEFORE DELETE ON drawer BEGIN
    SELECT RAISE(ABORT, 'drawer-of-closed-period');
END;
CREATE TRIGGER sale_vat_stays BEFORE UPDATE ON sale_vat BEGIN
    SELECT RAISE(ABORT, 'vat-immutable');
END;
CREATE TRIGGER sale_vat_remains BEFORE DELETE ON sale_vat
WHEN EXISTS (SELECT 1 FROM sale WHERE reference = OLD.sale) BEGIN
    SELECT RAISE(ABORT, 'vat-immutable');
END;
CREATE TRIGGER sale_vat_leaves AFTER DELETE ON sale BEGIN
    DELETE FROM sale_vat WHERE sale = OLD.reference;
END;
CREATE TRIGGER entry_vat_of_its_entry BEFORE INSERT ON entry_vat BEGIN
    SELECT RAISE(ABORT, 'vat-without-entry')
        WHERE NEW.sequence IS NOT (SELECT max(sequence) FROM entry)
        OR NOT EXISTS (
            SELECT 1 FROM entry WHERE sequence = NEW.sequence AND kind IN (1, 3, 4, 5));
END;
CREATE TRIGGER entry_vat_stays BEFORE UPDATE ON entry_vat BEGIN
    SELECT RAISE(ABORT, 'vat-immutable');
END;
CREATE TRIGGER entry_vat_remains BEFORE DELETE ON entry_vat
WHEN EXISTS (SELECT 1 FROM entry WHERE sequence = OLD.sequence) BEGIN
    SELECT RAISE(ABORT, 'vat-immutable');
END;
CREATE TRIGGER entry_vat_leaves AFTER DELETE ON entry BEGIN
    DELETE FROM entry_vat WHERE sequence = OLD.sequence;
END;
CREATE TRIGGER sale_tip_within_its_sale BEFORE INSERT ON sale_tip BEGIN
    SELECT RAISE(ABORT, 'tip-above-its-sale')
        WHERE NEW.amount >= (SELECT total FROM sale WHERE reference = NEW.sale);
    SELECT RAISE(ABORT, 'tip-of-begun-sale')
        WHERE EXISTS (SELECT 1 FROM entry WHERE sale = NEW.sale)
        OR EXISTS (SELECT 1 FROM sale_vat WHERE sale = NEW.sale);
END;
CREATE TRIGGER sale_tip_stays BEFORE UPDATE ON sale_tip BEGIN
    SELECT RAISE(ABORT, 'tip-immutable');
END;
CREATE TRIGGER sale_tip_remains BEFORE DELETE ON sale_tip
WHEN EXISTS (SELECT 1 FROM sale WHERE reference = OLD.sale) BEGIN
    SELECT RAISE(ABORT, 'tip-immutable');
END;
CREATE TRIGGER sale_tip_leaves AFTER DELETE ON sale BEGIN
    DELETE FROM sale_tip WHERE sale = OLD.reference;
END;
CREATE TRIGGER entry_tip_of_its_entry BEFORE INSERT ON entry_tip BEGIN
    SELECT RAISE(ABORT, 'tip-without-entry')
        WHERE NEW.sequence IS NOT (SELECT max(sequence) FROM entry)
        OR NOT EXISTS (
            SELECT 1 FROM entry WHERE sequence = NEW.sequence AND kind IN (1, 3, 4, 5));
END;
CREATE TRIGGER entry_tip_stays BEFORE UPDATE ON entry_tip BEGIN
    SELECT RAISE(ABORT, 'tip-immutable');
END;
CREATE TRIGGER entry_tip_remains BEFORE DELETE ON entry_tip
WHEN EXISTS (SELECT 1 FROM entry WHERE sequence = OLD.sequence) BEGIN
    SELECT RAISE(ABORT, 'tip-immutable');
END;
CREATE TRIGGER entry_tip_leaves AFTER DELETE ON entry BEGIN
    DELETE FROM entry_tip WHERE sequence = OLD.sequence;
END;
CREATE TRIGGER sale_vat_within_its_sale BEFORE INSERT ON sale_vat BEGIN
    SELECT RAISE(ABORT, 'vat-above-its-sale')
        WHERE NEW.gross + (
            SELECT coalesce(sum(gross), 0) FROM sale_vat WHERE sale = NEW.sale) > (
            SELECT total - coalesce(
                (SELECT amount FROM sale_tip WHERE sale = NEW.sale), 0)
            FROM sale WHERE reference = NEW.sale);
    SELECT RAISE(ABORT, 'vat-of-begun-sale')
        WHERE EXISTS (SELECT 1 FROM entry WHERE sale = NEW.sale);
END;
CREATE TRIGGER redemption_has_its_vat BEFORE INSERT ON redemption BEGIN
    SELECT RAISE(ABORT, 'tip-differs')
        WHERE EXISTS (
            SELECT 1 FROM entry e JOIN sale s ON s.reference = e.sale
            LEFT JOIN sale_tip t ON t.sale = e.sale
            WHERE e.sequence = NEW.sequence
            AND max(0, s.captured - s.total + coalesce(t.amount, 0)) <> (
                SELECT coalesce(sum(o.amount), 0)
                FROM entry x JOIN entry_tip o USING (sequence)
                WHERE x.sale = e.sale AND x.kind = 1));
    SELECT RAISE(ABORT, 'vat-differs-from-amount')
        WHERE (SELECT coalesce(sum(gross), 0) FROM entry_vat WHERE sequence = NEW.sequence)
        <> CASE WHEN EXISTS (
            SELECT 1 FROM entry e JOIN sale_vat USING (sale)
            WHERE e.sequence = NEW.sequence)
            THEN NEW.amount - coalesce(
                (SELECT amount FROM entry_tip WHERE sequence = NEW.sequence), 0)
            ELSE 0 END;
    SELECT RAISE(ABORT, 'vat-above-its-sale')
        WHERE EXISTS (
            SELECT 1 FROM entry_vat v JOIN entry e USING (sequence)
            LEFT JOIN sale_vat s ON s.sale = e.sale AND s.code = v.code
            WHERE v.sequence = NEW.sequence AND (s.rate IS NOT v.rate OR s.gross < (
                SELECT sum(o.gross) FROM entry x JOIN entry_vat o USING (sequence)
                WHERE x.sale = e.sale AND x.kind = 1 AND o.code = v.code)));
END;
CREATE TRIGGER undo_has_its_vat BEFORE INSERT ON undo BEGIN
    SELECT RAISE(ABORT, 'tip-differs')
        WHERE EXISTS (
            SELECT 1 FROM entry c LEFT JOIN entry_tip t USING (sequence)
            WHERE c.sequence = NEW.capture
            AND NEW.amount + (
                SELECT coalesce(sum(amount), 0) FROM undo WHERE capture = NEW.capture)
                <= c.amount
            AND max(0, NEW.amount + (
                    SELECT coalesce(sum(amount), 0) FROM undo WHERE capture = NEW.capture)
                - c.amount + coalesce(t.amount, 0)) <> coalesce(
                (SELECT amount FROM entry_tip WHERE sequence = NEW.sequence), 0) + (
                SELECT coalesce(sum(o.amount), 0)
                FROM undo u JOIN entry_tip o USING (sequence)
                WHERE u.capture = NEW.capture));
    SELECT RAISE(ABORT, 'vat-differs-from-amount')
        WHERE (SELECT coalesce(sum(gross), 0) FROM entry_vat WHERE sequence = NEW.sequence)
        <> CASE WHEN EXISTS (SELECT 1 FROM entry_vat WHERE sequence = NEW.capture)
            THEN NEW.amount - coalesce(
                (SELECT amount FROM entry_tip WHERE sequence = NEW.sequence), 0)
            ELSE 0 END;
    SELECT RAISE(ABORT, 'vat-above-its-capture')
        WHERE EXISTS (
            SELECT 1 FROM entry_vat v
            LEFT JOIN entry_vat c ON c.sequence = NEW.capture AND c.code = v.code
            WHERE v.sequence = NEW.sequence AND (
                c.rate IS NOT v.rate OR c.gross < v.gross + (
                    SELECT coalesce(sum(o.gross), 0)
                    FROM undo u JOIN entry_vat o USING (sequence)
                    WHERE u.capture = NEW.capture AND o.code = v.code)));
END;
