import Clocks
import Foundation
import Testing

/// Business days in zones whose clocks change, by vectors that Python's zoneinfo made.
@Suite struct ShopCalendarTests {
    private struct File: Decodable {
        struct Vector: Decodable {
            let zone: String
            let cut: String
            let changes: [[Int64]]
            let moments: [Moment]
        }

        struct Moment: Decodable {
            let at: UInt64
            let wall: String?
            let date: String

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                at = try values.decode(UInt64.self)
                wall = try values.decodeNil() ? nil : values.decode(String.self)
                date = try values.decode(String.self)
            }
        }

        let vectors: [Vector]
    }

    private static let file: File = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Vectors/business-days.json")
        do { return try JSONDecoder().decode(File.self, from: Data(contentsOf: file)) } catch {
            preconditionFailure(
                "Tests/Vectors/business-days.json is not what is expected: \(error)")
        }
    }()

    private static func calendar(_ vector: File.Vector) -> ShopCalendar {
        let changes = vector.changes
        let time = vector.cut.split(separator: ":").compactMap { Int($0) }
        return ShopCalendar(zone: vector.zone, cutMinutes: time[0] * 60 + time[1]) { moment in
            changes.last { $0[0] <= moment }?[1] ?? changes[0][1]
        }
    }

    @Test("A moment belongs to the business day that zoneinfo and a definition of its own say")
    func vectors() {
        var count = 0
        for vector in Self.file.vectors {
            let calendar = Self.calendar(vector)
            for moment in vector.moments {
                count += 1
                let place = "\(vector.zone) \(vector.cut) \(moment.at)"
                #expect(calendar.businessDate(at: moment.at).description == moment.date, "\(place)")
                if let wall = moment.wall {
                    let utc = wall.replacing("+00:00", with: "Z")
                    #expect(calendar.local(moment.at).rfc3339 == utc, "\(place)")
                }
            }
        }
        #expect(count > 2_000)
        #expect(Set(Self.file.vectors.map(\.zone)).count == 9)
    }

    @Test("A stretch touches each business day that it has a moment of, and one at least")
    func stretches() {
        let calendar = ShopCalendar(zone: "Etc/GMT-1", cutMinutes: 240) { _ in 3_600 }
        // 2027-01-15 02:00 UTC is 03:00 on the wall: still the 14th.
        let night: UInt64 = 1_799_978_400
        #expect(calendar.businessDate(at: night).description == "2027-01-14")
        #expect(calendar.businessDays(from: night, to: night) == 1)
        #expect(calendar.businessDays(from: night, to: night + 3_599) == 1)
        #expect(calendar.businessDays(from: night, to: night + 3_600) == 2)
        #expect(calendar.businessDays(from: night, to: night + 7 * 86_400) == 8)
        // A clock that was set back makes no less than the day it is.
        #expect(calendar.businessDays(from: night + 86_400, to: night) == 1)
    }

    @Test("People read the date, the minute and where the clock stands to UTC")
    func words() {
        let nepal = ShopCalendar(zone: "Asia/Kathmandu", cutMinutes: 0) { _ in 20_700 }
        #expect("\(nepal.local(1_800_000_000))" == "2027-01-15 13:45 +05:45")
        #expect("\(ShopCalendar.utc.local(1_800_000_000))" == "2027-01-15 08:00 UTC")
        let west = ShopCalendar(zone: "America/New_York", cutMinutes: 0) { _ in -18_000 }
        #expect(west.local(1_800_000_000).rfc3339 == "2027-01-15T03:00:00-05:00")
        #expect("\(west.local(3_600))" == "1969-12-31 20:00 -05:00")
    }

    @Test("Every date from 1900 to 2200 is the day after the one before")
    func dates() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0)!
        for days in Int64(-25_567)...84_006 {
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(days) * 86_400))
            let date = CivilDate(days: days).parts
            guard date.year == Int64(parts.year!), date.month == Int64(parts.month!),
                date.day == Int64(parts.day!)
            else {
                Issue.record("\(days): \(date)")
                return
            }
        }
    }
}
