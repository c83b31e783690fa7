import HireFiles

/// The text around questions and answers that a language model was trained with.
///
/// A template is named (`vicuna_v1`) or written out as a text with `{question}` in it; `<image>` marks where image tokens
/// go. The named ones are LLaVA's conversation templates and Hugging Face's chat templates, spelt out.
public struct ConversationTemplate: Sendable, Equatable {
    /// What marks the place of the image tokens in a text.
    public static let imageTag = "<image>"

    /// The name, or the text itself for one that was written out.
    public let id: String
    /// The first question, up to where its answer begins.
    let opening: String
    /// A further question, up to where its answer begins.
    let followUp: String
    /// An answer that was given, with what separates it from its surroundings.
    let reply: String

    private static let politely =
        "The assistant gives helpful, detailed, and polite answers to the"
    private static let assistant =
        "<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n"

    /// LLaVA-1.5's template, with which its benchmarks are run.
    static let vicuna = ConversationTemplate(
        id: "vicuna_v1",
        opening: "A chat between a curious user and an artificial intelligence assistant. "
            + "\(politely) user's questions. USER: <image>\n{question} ASSISTANT:",
        followUp: "USER: {question} ASSISTANT:", reply: " {answer}</s>")

    /// Every named template.
    public static let named = [
        vicuna,
        // The same with "human" for "user": LLaVA's `run_llava` and VLMEvalKit.
        ConversationTemplate(
            id: "llava_v1",
            opening: "A chat between a curious human and an artificial intelligence assistant. "
                + "\(politely) human's questions. USER: <image>\n{question} ASSISTANT:",
            followUp: vicuna.followUp, reply: vicuna.reply),
        // What stands in the model cards of the llava-hf folders: no system text.
        ConversationTemplate(
            id: "llava_hf", opening: "USER: <image>\n{question} ASSISTANT:",
            followUp: vicuna.followUp, reply: vicuna.reply),
        // LLaVA's first training stage: a picture and its caption.
        ConversationTemplate(
            id: "plain", opening: "<image>{question}\n", followUp: "{question}\n",
            reply: "{answer}\n"),
        // Qwen's chat format.
        ConversationTemplate(
            id: "chatml",
            opening: "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
                + assistant.replacing("{question}", with: "<image>\n{question}"),
            followUp: assistant, reply: "{answer}<|im_end|>\n"),
    ]

    private init(id: String, opening: String, followUp: String, reply: String) {
        self.id = id
        self.opening = opening
        self.followUp = followUp
        self.reply = reply
    }

    /// A template by name, or written out with `{question}` in it; without `<image>` the image comes first.
    ///
    /// - Throws: `PluginError.configuration` with the nearest names.
    public init(_ text: String) throws {
        if let known = Self.named.first(where: { $0.id == text }) {
            self = known
            return
        }
        guard text.contains("{question}") else {
            // The sentence about near names ends in the full stop that the error adds.
            let near = NearestNames.sentence(
                kind: "template", name: text, among: Self.named.map(\.id))
            throw PluginError.configuration(
                plugin: "recipe", key: "prompt",
                problem: "must be a text with {question} in it or the name of a template: "
                    + (near.hasSuffix(".") ? String(near.dropLast()) : near))
        }
        let tagged = text.contains(Self.imageTag) ? text : Self.imageTag + text
        self.init(
            id: text, opening: tagged, followUp: text.replacing(Self.imageTag, with: ""),
            reply: "{answer}")
    }

    /// The conversation as one text that ends where the last turn's answer is wanted (or ended).
    ///
    /// As in LLaVA's training data a tag inside a question moves to the template's place for it.
    ///
    /// - Parameter hasImage: whether image tokens will stand at the tag; without, the tag and its line end go.
    public func text(of turns: [ConversationTurn], hasImage: Bool) -> String {
        var text = ""
        for (index, turn) in turns.enumerated() {
            var frame = index == 0 ? opening : followUp
            if !hasImage {
                frame = frame.replacing(Self.imageTag + "\n", with: "")
                    .replacing(Self.imageTag, with: "")
            }
            text += Self.fill(frame, "{question}", Self.untagged(turn.question))
            if let answer = turn.answer { text += Self.fill(reply, "{answer}", answer) }
        }
        return text
    }

    /// Puts words in at a marker, and only there: they may spell the marker themselves.
    private static func fill(_ frame: String, _ marker: String, _ words: String) -> String {
        frame.split(separator: marker, omittingEmptySubsequences: false).joined(separator: words)
    }

    private static func untagged(_ question: String) -> String {
        guard question.contains(imageTag) else { return question }
        let text = question.replacing(imageTag, with: "")
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(text[first...last])
    }
}
