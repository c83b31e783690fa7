import HireFiles

/// Timed calls as a trace in Chrome's event format, which Perfetto (ui.perfetto.dev) and chrome://tracing open.
///
/// Ops lie inside the spans of their modules, nested as the modules are; a counter shows the bytes that arrays hold.
public enum ChromeTrace {
    /// The trace as JSON.
    ///
    /// - Throws: `JSONError` for a time that is not a number, which no clock gives.
    public static func json(_ calls: [TimedCall]) throws -> String {
        var events: [JSONValue] = []
        var open: [(name: String, start: Double)] = []
        func close(downTo depth: Int, at time: Double) {
            while open.count > depth {
                let span = open.removeLast()
                events.append(
                    event(span.name, "module", start: span.start, seconds: time - span.start))
            }
        }
        for call in calls {
            let parts = call.modulePath.split(separator: ".").map(String.init)
            let shared = zip(open, parts).prefix { $0.name == $1 }.count
            close(downTo: shared, at: call.start)
            for part in parts.dropFirst(shared) { open.append((part, call.start)) }
            events.append(
                event(
                    call.name, call.isBackward ? "backward" : "op", start: call.start,
                    seconds: call.seconds,
                    [
                        "module": .string(call.modulePath),
                        "inputs": .string(call.inputs.map { "\($0)" }.joined(separator: " ")),
                        "output": .string("\(call.output)"),
                        "macs": .integer(Int64(call.multiplyAdds)),
                    ]))
            events.append([
                "name": "bytes in arrays", "ph": "C", "pid": 1,
                "ts": .number((call.start + call.seconds) * 1e6),
                "args": ["bytes": .integer(Int64(call.liveBytes))],
            ])
        }
        close(downTo: 0, at: calls.last.map { $0.start + $0.seconds } ?? 0)
        return try JSONWriter().string(
            .object(["displayTimeUnit": "ms", "traceEvents": .array(events)]))
    }

    private static func event(
        _ name: String, _ category: String, start: Double, seconds: Double,
        _ arguments: JSONObject = [:]
    ) -> JSONValue {
        [
            "name": .string(name), "cat": .string(category), "ph": "X", "pid": 1, "tid": 1,
            "ts": .number(start * 1e6), "dur": .number(seconds * 1e6),
            "args": .object(arguments),
        ]
    }
}
