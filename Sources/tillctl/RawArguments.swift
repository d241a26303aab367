import Glibc

/// The command line as the kernel handed it over.
enum RawArguments {
    /// The bytes of arguments that the parser has read as text.
    ///
    /// A code may hold any bytes (a SEPA code in ISO 8859-1 is no UTF-8), and Swift mends what is
    /// not UTF-8 when it makes a string of it. Each text is found again, in order, among the
    /// arguments as they were given.
    static func bytes(of texts: [String]) -> [[UInt8]] {
        let raw = all()
        var position = 0
        return texts.map { text in
            let rest = raw[min(position, raw.count)...]
            guard
                let index = rest.firstIndex(where: { String(decoding: $0, as: UTF8.self) == text })
            else { return Array(text.utf8) }
            position = index + 1
            return raw[index]
        }
    }

    private static func all() -> [[UInt8]] {
        (0..<Int(CommandLine.argc)).compactMap { index in
            CommandLine.unsafeArgv[index].map { pointer in
                Array(UnsafeRawBufferPointer(start: pointer, count: strlen(pointer)))
            }
        }
    }
}
