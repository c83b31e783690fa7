"""Makes Tests/Goldens/generation/*.safetensors: Hugging Face's logits processors and `generate` on a tiny Llama.

Run by a person: python3 Tests/Goldens/generate/generation.py (needs torch, transformers and safetensors; CPU, one
thread).

processors: `scores` [R, V] and `ids` [R, T]; for each case of PROCESSORS `output.<name>` [R, V].
llama: `state.*` of a random LlamaForCausalLM; per beam case `beam.<n>.prompt`, `beam.<n>.settings` (see SETTINGS),
`beam.<n>.end`, `beam.<n>.ids` (generated) and `beam.<n>.score`; greedy cases alike without a score; and for
`score.<n>` a prompt, an answer and the log-probability of each of the answer's tokens; `logits` of `score.0.prompt`.
stops: random `ids` [R, T] and, for each list of stop strings, `stops.<n>` [R]: the tokens after which
StopStringCriteria stops, 0 if it does not.
"""

import itertools
import pathlib

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.generation import StopStringCriteria
from transformers.generation import logits_process as hf

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "generation"
SEED = 20260311
VOCABULARY = 48
# Columns of `settings`; early stopping is 0 (False), 1 (True) or 2 ("never").
SETTINGS = ["beams", "length_penalty", "early_stopping", "maximum_tokens", "repetition_penalty"]
EARLY = [False, True, "never"]

PROCESSORS = {
    "repetition_penalty_1.3": [hf.RepetitionPenaltyLogitsProcessor(1.3)],
    "repetition_penalty_0.8": [hf.RepetitionPenaltyLogitsProcessor(0.8)],
    "temperature_0.7": [hf.TemperatureLogitsWarper(0.7)],
    "top_k_5": [hf.TopKLogitsWarper(5)],
    "top_k_100": [hf.TopKLogitsWarper(100)],
    "top_k_1_keep_3": [hf.TopKLogitsWarper(1, min_tokens_to_keep=3)],
    "top_p_0.9": [hf.TopPLogitsWarper(0.9)],
    "top_p_0.0": [hf.TopPLogitsWarper(0.0)],
    "top_p_0.1_keep_2": [hf.TopPLogitsWarper(0.1, min_tokens_to_keep=2)],
    "min_p_0.2": [hf.MinPLogitsWarper(0.2)],
    "min_p_0.9_keep_3": [hf.MinPLogitsWarper(0.9, min_tokens_to_keep=3)],
    # In the order of GenerationMixin._get_logits_processor.
    "chain": [
        hf.RepetitionPenaltyLogitsProcessor(1.2),
        hf.TemperatureLogitsWarper(0.6),
        hf.TopKLogitsWarper(12),
        hf.TopPLogitsWarper(0.85),
        hf.MinPLogitsWarper(0.05),
    ],
}


def save(name, tensors):
    FOLDER.mkdir(exist_ok=True)
    # One entry only: the library writes several in a random order.
    origin = f"torch {torch.__version__}, transformers {transformers.__version__}, seed {SEED}, generate/generation.py"
    contiguous = {key: value.detach().clone().contiguous() for key, value in tensors.items()}
    save_file(contiguous, FOLDER / f"{name}.safetensors", metadata={"origin": origin})


def integers(values):
    return torch.tensor(values, dtype=torch.int32)


def processors():
    scores = torch.randn(6, 40) * 2.5
    # A tie at the edge of the top five, and a token that is already impossible.
    scores[4, :7] = 9.0
    scores[5, 3] = -float("inf")
    ids = torch.randint(0, 40, (6, 12))
    tensors = {"scores": scores, "ids": ids.to(torch.int32)}
    for name, chain in PROCESSORS.items():
        values = scores.clone()
        for processor in chain:
            values = processor(ids, values)
        tensors[f"output.{name}"] = values
    save("processors", tensors)


def generate(model, prompt, end, maximum, **options):
    result = model.generate(
        torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt), dtype=torch.long), do_sample=False,
        max_new_tokens=maximum, eos_token_id=end, pad_token_id=0, return_dict_in_generate=True, output_scores=True,
        **options)
    return result.sequences[0, len(prompt):].tolist(), result


def llama():
    config = LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=128, rms_norm_eps=1e-5, initializer_range=0.4,
        tie_word_embeddings=False)
    model = LlamaForCausalLM(config).eval()
    tensors = {f"state.{key}": value for key, value in model.state_dict().items()}
    prompts = [torch.randint(2, VOCABULARY, (length,)).tolist() for length in (3, 7, 5)]

    count = 0
    for prompt, beams, penalty, early in itertools.product(
            prompts, (2, 3, 4), (0.0, 1.0, 2.0, -1.0), (0, 1, 2)):
        # Ends that are reached now early, now never.
        end = [[1], [5, 17, 40], [9, 10, 11, 12, 13, 14]][count % 3]
        maximum = [12, 6, 20][count // 3 % 3]
        repetition = [1.0, 1.4][count // 9 % 2]
        ids, result = generate(
            model, prompt, end, maximum, num_beams=beams, length_penalty=penalty, early_stopping=EARLY[early],
            repetition_penalty=repetition)
        key = f"beam.{count}"
        tensors |= {
            f"{key}.prompt": integers(prompt),
            f"{key}.settings": torch.tensor([beams, penalty, early, maximum, repetition]),
            f"{key}.end": integers(end),
            f"{key}.ids": integers(ids),
            f"{key}.score": result.sequences_scores,
        }
        count += 1

    for number, (prompt, repetition) in enumerate(itertools.product(prompts, (1.0, 1.5, 0.7))):
        end = [[1], [5, 17, 40]][number % 2]
        ids, _ = generate(model, prompt, end, 16, repetition_penalty=repetition)
        key = f"greedy.{number}"
        tensors |= {
            f"{key}.prompt": integers(prompt),
            f"{key}.settings": torch.tensor([1, 1, 0, 16, repetition]),
            f"{key}.end": integers(end),
            f"{key}.ids": integers(ids),
        }

    for number, (prompt, length) in enumerate(zip(prompts, (1, 4, 9))):
        answer = torch.randint(0, VOCABULARY, (length,)).tolist()
        with torch.no_grad():
            logits = model(torch.tensor([prompt + answer])).logits[0]
        rows = torch.log_softmax(logits[len(prompt) - 1:-1], dim=-1)
        tensors |= {
            f"score.{number}.prompt": integers(prompt),
            f"score.{number}.answer": integers(answer),
            f"score.{number}.values": rows[torch.arange(length), torch.tensor(answer)],
        }
        if number == 0:
            tensors["logits"] = logits[: len(prompt)]
    save("llama", tensors)


def stops():
    # The pieces of Tests/HireVLMTests/Generation/StopStringTests.swift; ids are their places.
    # HF decodes behind "abcdef" to see what a token is, hence the last three, which are not drawn.
    pieces = ["<end>", "a", "b", "ab", "ba", "bab", "c", "\n", "\n\n", "#", "##", " #", "# ", "abc", "cab", " ", "d", "e", "f"]
    model = models.BPE({piece: number for number, piece in enumerate(pieces)}, [])
    inner = Tokenizer(model)
    inner.decoder = decoders.Fuse()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner)
    cases = [["abc"], ["\n#"], ["bab", "c c"], ["###", "\n\n\n"], ["aab"]]
    sequences = torch.randint(1, len(pieces) - 3, (40, 24))
    tensors = {"ids": sequences.to(torch.int32)}
    for number, strings in enumerate(cases):
        criterion = StopStringCriteria(tokenizer, strings)
        # How many tokens are there when the sequence stops; 0 if it never does.
        first = [next((count for count in range(1, 25) if criterion(row[None, :count], None)[0]), 0) for row in sequences]
        tensors[f"stops.{number}"] = integers(first)
    save("stops", tensors)


if __name__ == "__main__":
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    processors()
    llama()
    stops()
