import HireLua
import Testing

@Suite struct ProgressBarTests {
    final class Screen {
        var time = 0.0
        var text = ""
    }

    @Test func linesAreSparse() {
        let screen = Screen()
        let bar = ProgressBar(
            "training", total: 1000, style: .lines, now: { screen.time },
            write: { screen.text += $0 },
            width: { 80 })
        for done in 1...1000 {
            screen.time += 0.1
            bar.update(done, note: "loss 0.5")
        }
        bar.finish()
        bar.finish()
        let lines = screen.text.split(separator: "\n")
        #expect(lines.count == 5, "\(lines)")
        #expect(lines[0] == "training  1/1000  0%  ETA 1:40  loss 0.5")
        #expect(lines[4] == "training  1000/1000  100%  in 1:40  loss 0.5")
    }

    @Test func barsStayWithinTheTerminal() {
        let screen = Screen()
        let bar = ProgressBar(
            "training", total: 10, style: .bar, now: { screen.time }, write: { screen.text += $0 },
            width: { 40 })
        screen.time = 4000
        bar.update(5, note: String(repeating: "long ", count: 20))
        #expect(screen.text.contains("5/10"))
        #expect(screen.text.count <= 40 + 4)
        #expect(!screen.text.contains("\n"))
    }
}
