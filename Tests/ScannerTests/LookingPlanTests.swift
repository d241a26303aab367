import Terminal
import Testing
import ZBarDecoder

@Suite("Looking plan")
struct LookingPlanTests {
    private let cascades = DecodingCascade.live
    private let code = DecodedSymbol(bytes: [1])

    private func picture(_ frame: LumaFrame) -> FramePicture {
        FramePicture(frame.pixels.span, width: frame.width, height: frame.height)
    }

    private func scene(_ seed: UInt64) -> FramePicture {
        picture(LumaFrame.noise(width: 320, height: 240, seed: seed))
    }

    @Test("While the scene changes, the ways of looking take turns")
    func turns() {
        var plan = LookingPlan(cascades: cascades)
        for round in 0..<10 {
            let step = plan.next(for: scene(UInt64(round)))
            #expect(step.cascade == cascades[round % cascades.count])
            plan.note([], isWhole: true)
        }
    }

    @Test("A scene that every way has looked at is looked at again once in fifteen frames")
    func idle() {
        var plan = LookingPlan(cascades: cascades)
        var looks = 0
        for _ in 0..<150 {
            guard plan.next(for: scene(1)).cascade != nil else { continue }
            looks += 1
            plan.note([], isWhole: true)
        }
        #expect((cascades.count...(cascades.count + 10)).contains(looks), "\(looks)")
    }

    @Test("A change of the scene is looked at in the very frame")
    func change() {
        var plan = LookingPlan(cascades: cascades)
        for _ in 0..<30 {
            if plan.next(for: scene(1)).cascade != nil { plan.note([], isWhole: true) }
        }
        #expect(plan.next(for: scene(2)).cascade != nil)
    }

    @Test("What was read in a scene is told while it does not change, and no longer")
    func held() {
        var plan = LookingPlan(cascades: cascades)
        _ = plan.next(for: scene(1))
        plan.note([code], isWhole: true)
        for _ in 0..<10 {
            let step = plan.next(for: scene(1))
            #expect(step.cascade == nil)
            #expect(step.known == [code])
        }
        let step = plan.next(for: scene(2))
        #expect(step.cascade != nil)
        #expect(step.known.isEmpty)
    }

    @Test("A scene that was not looked at whole is not done with")
    func cutShort() {
        var plan = LookingPlan(cascades: cascades)
        for _ in 0..<40 {
            #expect(plan.next(for: scene(1)).cascade != nil)
            plan.note([], isWhole: false)
        }
    }

    @Test("The least code that is read changes the scene, and a camera's noise does not")
    func threshold() {
        let grey = LumaFrame(
            width: 1_280, height: 720, pixels: [UInt8](repeating: 160, count: 1_280 * 720))
        var noisy = grey.pixels
        var coded = grey.pixels
        var generator = SeededGenerator(state: 9)
        for index in noisy.indices {
            noisy[index] &+= UInt8.random(in: 0...12, using: &generator)
        }
        for y in 300..<400 {
            for x in 600..<700 where Bool.random(using: &generator) { coded[y * 1_280 + x] = 20 }
        }
        let before = picture(grey)
        #expect(!picture(LumaFrame(width: 1_280, height: 720, pixels: noisy)).differs(from: before))
        #expect(picture(LumaFrame(width: 1_280, height: 720, pixels: coded)).differs(from: before))
    }

    @Test("Brightness, glare and sharpness are those of the frame")
    func facts() {
        let white = picture(
            LumaFrame(width: 64, height: 64, pixels: [UInt8](repeating: 255, count: 4_096)))
        #expect(white.brightness == 255)
        #expect(white.glare == 255)
        #expect(white.sharpness == 0)
        let edge = picture(
            LumaFrame(
                width: 64, height: 64,
                pixels: (0..<4_096).map { $0 % 64 < 17 ? 0 : 200 }))
        #expect(edge.sharpness == 200)
        #expect(edge.glare == 0)
    }
}
