import COSE
import FileKeyStore
import Foundation
import Testing

@Suite struct FileKeyStoreTests {
    private let folder: TemporaryFolder
    private let store: FileKeyStore

    init() throws {
        folder = try TemporaryFolder()
        store = FileKeyStore(folder: folder.path + "/keys")
    }

    private func reason(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch { return (error as? KeyStoreError)?.reason }
    }

    @Test(arguments: KeyAlgorithm.allCases)
    func aKeyReadsBackWhole(algorithm: KeyAlgorithm) throws {
        let key = try PrivateKey(algorithm: algorithm, seed: [UInt8](1...32))
        try store.create("terminal", key: key)
        let read = try store.load("terminal")
        #expect(read.seed == key.seed)
        #expect(read.publicKey == key.publicKey)
    }

    @Test func onlyItsOwnerMayReadAKeyFile() throws {
        try store.create("terminal", key: Scene.key(1))
        let path = store.path(of: "terminal")
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(path) == 0o600)
        #expect(try mode(store.folder) == 0o700)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: store.folder) == ["terminal.key"])
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o620, 0o601])
    func aKeyFileThatOthersCanReachIsRefused(mode: Int) throws {
        try store.create("terminal", key: Scene.key(1))
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: store.path(of: "terminal"))
        #expect(reason { _ = try store.load("terminal") } == "key-readable-by-others")
    }

    @Test func aKeyFileIsNeverReplaced() throws {
        try store.create("terminal", key: Scene.key(1))
        #expect(reason { try store.create("terminal", key: Scene.key(2)) } == "key-exists")
        #expect(try store.load("terminal").publicKey == Scene.key(1).publicKey)
    }

    @Test func whatARunThatWasCutShortLeftBehindIsNoObstacle() throws {
        try FileManager.default.createDirectory(
            atPath: store.folder, withIntermediateDirectories: true)
        try Data("half".utf8).write(
            to: URL(fileURLWithPath: store.path(of: "terminal") + ".new"))
        try store.create("terminal", key: Scene.key(1))
        #expect(try store.load("terminal").publicKey == Scene.key(1).publicKey)
    }

    @Test func whatIsNoKeyFileIsNamed() throws {
        #expect(reason { _ = try store.load("terminal") } == "key-missing")
        try store.create("terminal", key: Scene.key(1))
        let path = store.path(of: "terminal")
        let good = try String(contentsOfFile: path, encoding: .utf8)
        for text in [
            "", "garbage", String(good.dropLast(3)), good.replacing("ed25519", with: "rsa"),
            good + "more\n", String(repeating: good, count: 10),
        ] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            #expect(reason { _ = try store.load("terminal") } == "key-damaged")
        }
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(reason { _ = try store.load("terminal") } == "key-not-a-file")
    }

    @Test func aLinkInPlaceOfAKeyFileIsNotFollowed() throws {
        try store.create("terminal", key: Scene.key(1))
        try FileManager.default.createSymbolicLink(
            atPath: store.path(of: "link"), withDestinationPath: store.path(of: "terminal"))
        #expect(reason { _ = try store.load("link") } != nil)
    }
}
