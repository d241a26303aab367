import ScannerProtocol
import ZBarDecoder

extension FramePicture {
    /// What is told of the frame that the picture was taken of.
    func facts(microseconds: UInt64, isUnchanged: Bool, isCutShort: Bool) -> FrameFacts {
        FrameFacts(
            microseconds: UInt32(clamping: microseconds), brightness: brightness, glare: glare,
            sharpness: sharpness, isUnchanged: isUnchanged, isCutShort: isCutShort)
    }
}
