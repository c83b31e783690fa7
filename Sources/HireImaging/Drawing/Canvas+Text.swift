import Glibc

extension Canvas {
    /// How wide a text is, in pixels.
    ///
    /// - Parameter size: the height of a capital letter in pixels.
    public static func textWidth(_ text: String, size: Double) -> Double {
        let columns = text.reduce(0) { $0 + BitmapFont.glyph($1).columns.count + 1 }
        return Double(max(0, columns - 1)) * unit(size)
    }

    /// Writes a line of text.
    ///
    /// - Parameters:
    ///   - y: the middle of the capital letters.
    ///   - size: the height of a capital letter in pixels.
    ///   - upward: writes from bottom to top, as beside a vertical axis; `alignment` then counts upwards.
    public mutating func text(
        _ text: String, x: Double, y: Double, size: Double, _ color: Color = Color(hex: 0x222222),
        _ alignment: TextAlignment = .left, upward: Bool = false
    ) {
        let unit = Canvas.unit(size)
        let length = Canvas.textWidth(text, size: size)
        let start: Double
        switch alignment {
        case .left: start = 0
        case .centre: start = -length / 2
        case .right: start = -length
        }
        var column = start / unit
        for character in text {
            let glyph = BitmapFont.glyph(character)
            let left = (column * unit).rounded()
            let top = (-Double(BitmapFont.baseline) / 2 * unit).rounded()
            draw(glyph, unit: unit, color) { right, down in
                let (along, across) = (left + right, top + down)
                return upward
                    ? (Int((x + across).rounded()), Int((y - along).rounded()) - 1)
                    : (Int((x + along).rounded()), Int((y + across).rounded()))
            }
            column += Double(glyph.columns.count + 1)
        }
    }

    /// The side of one dot of the font; letters are drawn on whole dots from 2 pixels on, which keeps them even.
    private static func unit(_ size: Double) -> Double {
        max(1, size / Double(BitmapFont.baseline))
    }

    private mutating func draw(
        _ glyph: BitmapFont.Glyph, unit: Double, _ color: Color,
        place: (_ right: Double, _ down: Double) -> (Int, Int)
    ) {
        let right = Int(ceil(Double(glyph.columns.count + 1) * unit))
        let bottom = Int(ceil(Double(BitmapFont.rows + 1) * unit))
        for row in -1...bottom {
            for column in -1...right {
                let share = Canvas.coverage(glyph, Double(column), Double(row), unit)
                if share > 0 {
                    let (x, y) = place(Double(column), Double(row))
                    blend(x, y, color, share)
                }
            }
        }
    }

    /// How much of a pixel the letter covers: dots are joined smoothly and cut at half height, which rounds corners.
    private static func coverage(
        _ glyph: BitmapFont.Glyph, _ column: Double, _ row: Double, _ unit: Double
    ) -> Double {
        let samples = 4
        var inside = 0
        for i in 0..<samples {
            for j in 0..<samples {
                let x = (column + (Double(i) + 0.5) / Double(samples)) / unit - 0.5
                let y = (row + (Double(j) + 0.5) / Double(samples)) / unit - 0.5
                if height(glyph, x, y) > 0.47 { inside += 1 }
            }
        }
        return Double(inside) / Double(samples * samples)
    }

    private static func height(_ glyph: BitmapFont.Glyph, _ x: Double, _ y: Double) -> Double {
        let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
        let (right, down) = (x - Double(left), y - Double(top))
        func dot(_ column: Int, _ row: Int) -> Double { glyph.isInk(column, row) ? 1 : 0 }
        let upper = dot(left, top) * (1 - right) + dot(left + 1, top) * right
        let lower = dot(left, top + 1) * (1 - right) + dot(left + 1, top + 1) * right
        return upper * (1 - down) + lower * down
    }
}
