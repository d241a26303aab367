/// The console's page: HTML, style and standard JavaScript modules, as they lie in `Page/`, and the
/// description of the API that it uses, embedded in the program so that one file is all there is to
/// install.
public enum ConsolePage {
    /// A file of the page: its media type and its bytes; nil where there is none of that name.
    public static func file(named name: String) -> (type: String, bytes: [UInt8])? {
        let bytes: [UInt8]
        switch name {
        case "console.html": bytes = PackageResources.console_html
        case "console.css": bytes = PackageResources.console_css
        case "console.js": bytes = PackageResources.console_js
        case "dialog.js": bytes = PackageResources.dialog_js
        case "sound.js": bytes = PackageResources.sound_js
        case "terminal.js": bytes = PackageResources.terminal_js
        case "keypad.js": bytes = PackageResources.keypad_js
        case "payments.js": bytes = PackageResources.payments_js
        case "queue.js": bytes = PackageResources.queue_js
        case "shift.js": bytes = PackageResources.shift_js
        case "tip.js": bytes = PackageResources.tip_js
        case "words.js": bytes = PackageResources.words_js
        case "display.html": bytes = PackageResources.display_html
        case "display.js": bytes = PackageResources.display_js
        case "openapi.json": bytes = PackageResources.openapi_json
        default: return nil
        }
        return (type(of: name), bytes)
    }

    /// The media type by the name's ending (RFC 9239 for JavaScript).
    private static func type(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "json": "application/json"
        default: "text/javascript; charset=utf-8"
        }
    }
}
