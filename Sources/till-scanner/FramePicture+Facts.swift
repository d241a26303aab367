import ScannerProtocol
import Screens
import ZBarDecoder

extension FramePicture {
    /// What is told of the frame that the picture was taken of; `aim`: what it shows of a code, where
    /// that was looked for.
    func facts(
        microseconds: UInt64, isUnchanged: Bool, isCutShort: Bool, aim: FrameAim? = nil
    ) -> FrameFacts {
        FrameFacts(
            microseconds: UInt32(clamping: microseconds), brightness: brightness, glare: glare,
            sharpness: sharpness, isUnchanged: isUnchanged, isCutShort: isCutShort,
            moduleTenths: UInt16(clamping: Int(((aim?.modulePixels ?? 0) * 10).rounded())),
            advice: FrameAdvice(aim?.hint))
    }
}

extension FrameAdvice {
    fileprivate init(_ hint: AimHint?) {
        self =
            switch hint {
            case nil: .none
            case .closer: .closer
            case .further: .further
            case .brighter: .brighter
            case .holdStill: .holdStill
            }
    }
}
