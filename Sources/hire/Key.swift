import Glibc

/// A key press on a terminal in raw mode.
enum Key: Equatable {
    case text(String)
    case enter, tab, backspace, delete, left, right, up, down, home, lineEnd
    case cutAfter, cutBefore, cutWord, clear, cancel, end, unknown

    /// Waits for the next key; nil at the end of the input.
    static func read() -> Key? {
        guard let byte = nextByte() else { return nil }
        switch byte {
        case 1: return .home
        case 2: return .left
        case 3: return .cancel
        case 4: return .end
        case 5: return .lineEnd
        case 6: return .right
        case 9: return .tab
        case 10, 13: return .enter
        case 11: return .cutAfter
        case 12: return .clear
        case 14: return .down
        case 16: return .up
        case 21: return .cutBefore
        case 23: return .cutWord
        case 8, 127: return .backspace
        case 27: return escape()
        case 0..<32: return .unknown
        default: return .text(character(from: byte))
        }
    }

    /// The rest of a UTF-8 character.
    private static func character(from first: UInt8) -> String {
        var bytes = [first]
        let count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
        while bytes.count < count, let byte = nextByte() { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func escape() -> Key {
        guard let kind = nextByte(), kind == UInt8(ascii: "[") || kind == UInt8(ascii: "O"),
            let code = nextByte()
        else { return .unknown }
        switch code {
        case UInt8(ascii: "A"): return .up
        case UInt8(ascii: "B"): return .down
        case UInt8(ascii: "C"): return .right
        case UInt8(ascii: "D"): return .left
        case UInt8(ascii: "H"): return .home
        case UInt8(ascii: "F"): return .lineEnd
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            // Numbered keys end with a tilde; modifiers in between are dropped.
            while let byte = nextByte(), byte != UInt8(ascii: "~"), !(64...126).contains(byte) {}
            switch code {
            case UInt8(ascii: "1"), UInt8(ascii: "7"): return .home
            case UInt8(ascii: "3"): return .delete
            case UInt8(ascii: "4"), UInt8(ascii: "8"): return .lineEnd
            default: return .unknown
            }
        default: return .unknown
        }
    }

    private static func nextByte() -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = Glibc.read(STDIN_FILENO, &byte, 1)
            if count == 1 { return byte }
            if count < 0, errno == EINTR { continue }
            return nil
        }
    }
}

/// The terminal in raw mode: every key arrives at once and nothing is echoed.
struct RawMode {
    private let before: termios

    init?() {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        before = settings
        settings.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
        settings.c_iflag &= ~tcflag_t(IXON | ICRNL)
        guard tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) == 0 else { return nil }
    }

    func leave() {
        var settings = before
        tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
    }
}
