import Foundation
import PseudoTerminal
import ScanEngines
import Terminal
import Testing

@testable import EngineScanner

@Suite("Scan engines on devices of the kernel's")
struct EngineScannerTests {
    private func scanner(
        _ path: String, ending: CodeLines.Ending = .carriageReturn, on: [UInt8] = [],
        off: [UInt8] = []
    ) -> EngineScanner {
        EngineScanner(
            path: path,
            connection: .serial(
                SerialLine(
                    bitsPerSecond: 9_600, ending: ending, triggerOn: on, triggerOff: off)))
    }

    private func send(_ line: PseudoTerminal, _ text: String) {
        #expect(line.send(text))
    }

    /// Looks until something is told, a loaded machine's while long.
    private func next(_ scanner: EngineScanner) throws -> ScannerView {
        for _ in 0..<200 {
            let view = try scanner.look(timeoutMilliseconds: 50)
            if view != .nothingNew { return view }
        }
        return .nothingNew
    }

    private func texts(_ view: ScannerView) -> [String] {
        guard case .looked(let symbols, _) = view else { return [] }
        return symbols.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test("A serial engine's codes come, and bytes are not changed by the line")
    func serial() throws {
        let line = try #require(PseudoTerminal())
        let scanner = scanner(line.path)
        #expect(try scanner.look(timeoutMilliseconds: 0) == .nothingNew)
        // A line that was not raw would swallow or change ^C, ^S, DEL and line feeds.
        let odd = "A\u{3}\u{13}\u{11}\u{7F}\n\u{4}B\u{1A}"
        send(line, "TV1:ONE\r")
        #expect(texts(try next(scanner)) == ["TV1:ONE"])
        send(line, odd + "\r")
        #expect(texts(try next(scanner)) == [odd])
        #expect(line.heard(waitingMilliseconds: 0) == [], "nothing is echoed")
    }

    @Test("Codes told at once are one view; those after a while are another")
    func gathering() throws {
        let line = try #require(PseudoTerminal())
        let scanner = scanner(line.path)
        #expect(try scanner.look(timeoutMilliseconds: 0) == .nothingNew)
        send(line, "A\rB\rA\r")
        #expect(texts(try next(scanner)) == ["A", "B"])
        send(line, "A\r")
        #expect(texts(try next(scanner)) == ["A"])
    }

    @Test("What is no whole code is told as unreadable, and the engine goes on")
    func spoiled() throws {
        let line = try #require(PseudoTerminal())
        let scanner = scanner(line.path)
        #expect(try scanner.look(timeoutMilliseconds: 0) == .nothingNew)
        send(line, "HALF A CODE")
        guard case .unreadable(let error, _) = try next(scanner) else {
            Issue.record("the cut code is not told")
            return
        }
        #expect(error.reason == "scan-engine-code-spoiled")
        send(line, "WHOLE\r")
        #expect(texts(try next(scanner)) == ["WHOLE"])
    }

    @Test("An engine that is unplugged is told of, looked for, and read again")
    func replugged() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "till-engine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("engine").path
        let scanner = scanner(path)
        #expect(throws: CameraError.scanEngineMissing(path: path)) {
            try scanner.look(timeoutMilliseconds: 0)
        }
        let first = try #require(PseudoTerminal())
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: first.path)
        #expect(try scanner.look(timeoutMilliseconds: 0) == .nothingNew)
        send(first, "A\rHALF")
        #expect(texts(try next(scanner)) == ["A"])
        first.unplug()
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: CameraError.scanEngineGone(path: path)) { try next(scanner) }
        #expect(throws: CameraError.scanEngineMissing(path: path)) { try next(scanner) }
        let second = try #require(PseudoTerminal())
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: second.path)
        #expect(try scanner.look(timeoutMilliseconds: 0) == .nothingNew)
        send(second, "B\r")
        // Nothing of the code that was cut is left.
        #expect(texts(try next(scanner)) == ["B"])
    }

    @Test("A trigger is given while a code is wanted, again after each, and taken back")
    func trigger() throws {
        let line = try #require(PseudoTerminal())
        let scanner = scanner(line.path, on: [0x16, 0x54, 0x0D], off: [0x16, 0x55, 0x0D])
        #expect(try scanner.look(timeoutMilliseconds: 0) == .nothingNew)
        #expect(line.heard(waitingMilliseconds: 50) == [])
        scanner.codesAreWanted(true)
        #expect(try scanner.look(timeoutMilliseconds: 0) == .nothingNew)
        #expect(line.heard() == [0x16, 0x54, 0x0D])
        #expect(try scanner.look(timeoutMilliseconds: 0) == .nothingNew)
        #expect(line.heard(waitingMilliseconds: 50) == [])
        send(line, "\u{6}A\r")
        #expect(texts(try next(scanner)) == ["A"])
        #expect(try scanner.look(timeoutMilliseconds: 0) == .nothingNew)
        #expect(line.heard() == [0x16, 0x54, 0x0D])
        scanner.codesAreWanted(false)
        #expect(try scanner.look(timeoutMilliseconds: 0) == .nothingNew)
        #expect(line.heard() == [0x16, 0x55, 0x0D])
    }

    @Test("What is no engine is refused by name: a file, a pipe, a folder, a rate")
    func unusable() throws {
        let folder = FileManager.default.temporaryDirectory.path
        for connection in [
            EngineScanner.Connection.keyboard, .posReports,
            .serial(SerialLine(bitsPerSecond: 9_600, ending: .lineFeed)),
        ] {
            for path in ["/dev/null", "/dev/zero"] + (connection == .keyboard ? [folder] : []) {
                let scanner = EngineScanner(path: path, connection: connection)
                let error = #expect(throws: CameraError.self) {
                    try scanner.look(timeoutMilliseconds: 0)
                }
                #expect(error?.reason == "scan-engine-unusable")
            }
        }
        let line = try #require(PseudoTerminal())
        let odd = EngineScanner(
            path: line.path,
            connection: .serial(SerialLine(bitsPerSecond: 12_345, ending: .lineFeed)))
        let error = #expect(throws: CameraError.self) { try odd.look(timeoutMilliseconds: 0) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("12345"))
    }

    /// The kernel of a build machine lets nobody make an input device, so the events of a keyboard
    /// come through a pipe here, behind the same reading as a device's; that it is grabbed is
    /// tried in a virtual machine (`Tests/KioskTests`), or not at all.
    @Test("A keyboard's events become codes, and one that cannot be grabbed is not used")
    func keyboard() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "till-keys-\(UUID().uuidString)"
        ).path
        try #require(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        let ungrabbed = EngineScanner(path: path, connection: .keyboard)
        let error = #expect(throws: CameraError.self) {
            try ungrabbed.look(timeoutMilliseconds: 0)
        }
        #expect(error?.reason == "scan-engine-unusable")

        let claimed = EngineScanner(
            path: path, connection: .keyboard,
            opening: EngineOpening(mode: O_RDONLY, claim: { _ in nil }))
        #expect(try claimed.look(timeoutMilliseconds: 0) == .nothingNew)
        let keyboard = open(path, O_WRONLY | O_NONBLOCK)
        try #require(keyboard >= 0)
        let bytes = Keys.typing("TV1:Code-7\r")
        #expect(write(keyboard, bytes, bytes.count) == bytes.count)
        #expect(texts(try next(claimed)) == ["TV1:Code-7"])
        close(keyboard)
        #expect(throws: CameraError.scanEngineGone(path: path)) { try next(claimed) }
    }
}

@Suite("The gate of several eyes")
struct SightingGateTests {
    /// A scanner that tells what it is given, and then ends.
    private final class Script: Terminal.Scanner {
        private var views: [ScannerView]

        init(_ views: [ScannerView]) { self.views = views }

        func look(timeoutMilliseconds: Int) throws(CameraError) -> ScannerView {
            views.isEmpty ? .ended : views.removeFirst()
        }
    }

    private func view(_ texts: String...) -> ScannerView {
        .looked(texts.map { DecodedSymbol(kind: .engineCode, bytes: Array($0.utf8)) }, name: "")
    }

    /// The sightings of one eye after another, on a clock that goes on 100 ms with each view.
    private func sightings(
        _ eyes: [[ScannerView]], isWanted: Bool = true, gate: SightingGate = SightingGate()
    ) -> [Sighting] {
        var sightings: [Sighting] = []
        var now: UInt64 = 0
        for views in eyes {
            var loop = ScannerLoop(
                scanner: Script(views), isLive: true, gate: gate,
                surroundings: ScannerLoop.Surroundings(
                    isWanted: { isWanted }, isStopped: { false },
                    deliver: { sightings.append($0) }, report: { _ in },
                    milliseconds: {
                        now += 100
                        return now
                    }, rest: { _ in }))
            loop.run()
        }
        return sightings
    }

    @Test("A code that both eyes read is one sighting, and another code is another")
    func shared() {
        #expect(
            sightings([[view("A"), view("A")], [view("A"), view("B")]])
                == [.code(Array("A".utf8)), .code(Array("B".utf8))])
    }

    @Test("Several codes told at once by an engine are refused, and none of them alone after")
    func several() {
        #expect(
            sightings([[view("A", "B"), view("A")], [view("B")]]) == [.severalCodes(count: 2)])
    }

    @Test("An engine that tells the same code all the time makes one sighting")
    func held() {
        #expect(
            sightings([Array(repeating: view("A"), count: 100)]) == [.code(Array("A".utf8))])
    }

    @Test("What is read while nothing is wanted is no sighting")
    func unwanted() {
        let gate = SightingGate()
        #expect(sightings([[view("A")]], isWanted: false, gate: gate) == [])
        #expect(sightings([[view("A")]], gate: gate) == [.code(Array("A".utf8))])
    }
}
