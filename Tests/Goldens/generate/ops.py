"""Makes Tests/Goldens/ops/*.safetensors: PyTorch's results and gradients for every operation with a counterpart.

Run by a person: python3 Tests/Goldens/generate/ops.py (needs torch and safetensors; CPU, one thread).

Per case the files hold `CASE/in/PARAMETER` (`CASE/in/PARAMETER/INDEX` for lists), `CASE/out/INDEX`,
`CASE/up/INDEX` (the gradient sent in) and `CASE/gradient/PARAMETER`; bools are stored as 0 and 1 in uint8. The
metadata's `cases` is JSON: the operation, and its settings by the names of the operation table.
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "ops"
SEED = 20260711
generator = torch.Generator().manual_seed(SEED)
families = {}


def numbers(*shape, low=-2.0, high=2.0):
    return torch.rand(shape, generator=generator) * (high - low) + low


def indices(*shape, below):
    return torch.randint(below, shape, generator=generator)


def flags(*shape):
    return torch.rand(shape, generator=generator) < 0.5


def case(family, op, function, inputs, constants=(), **settings):
    """Runs one case. `inputs` are tensors, lists of tensors or numbers, by parameter; those in `constants` get no
    gradient."""
    tensors, cases = families.setdefault(family, ({}, []))
    name = f"{op}.{sum(1 for known in cases if known['op'] == op)}"
    record = {"name": name, "op": op, "settings": dict(settings), "tensors": [], "lists": {}}
    arguments = {}
    leaves = {}

    def leaf(key, value, parameter):
        stored = value
        if value.dtype == torch.int64:
            stored = value.to(torch.int32)
        if value.dtype == torch.bool:
            stored = value.to(torch.uint8)
        tensors[f"{name}/in/{key}"] = stored.clone()
        if value.is_floating_point():
            value = value.clone()
            if parameter not in constants:
                leaves[key] = value.requires_grad_()
        return value

    for parameter, value in inputs.items():
        if isinstance(value, torch.Tensor):
            record["tensors"].append(parameter)
            arguments[parameter] = leaf(parameter, value, parameter)
        elif isinstance(value, list) and value and isinstance(value[0], torch.Tensor):
            record["lists"][parameter] = len(value)
            arguments[parameter] = [
                leaf(f"{parameter}/{index}", item, parameter) for index, item in enumerate(value)
            ]
        else:
            record["settings"][parameter] = value
            arguments[parameter] = value

    results = function(**arguments)
    if isinstance(results, torch.Tensor):
        results = [results]
    sent = []
    for index, result in enumerate(results):
        stored = result.detach()
        if stored.dtype == torch.int64:
            stored = stored.to(torch.int32)
        if stored.dtype == torch.bool:
            stored = stored.to(torch.uint8)
        tensors[f"{name}/out/{index}"] = stored.clone()
        if result.requires_grad:
            upstream = numbers(*result.shape, low=-1.0, high=1.0)
            tensors[f"{name}/up/{index}"] = upstream
            sent.append((result, upstream))
    record["results"] = len(results)
    if sent:
        torch.autograd.backward([result for result, _ in sent], [upstream for _, upstream in sent])
        for key, value in leaves.items():
            gradient = torch.zeros_like(value) if value.grad is None else value.grad
            tensors[f"{name}/gradient/{key}"] = gradient.clone()
    cases.append(record)


def elementwise():
    def unary(op, function, low=-3.0, high=3.0):
        case("elementwise", op, lambda x: function(x), {"x": numbers(4, 6, low=low, high=high)})

    for op in "neg abs exp square sin cos tanh sigmoid relu erf sign floor ceil round".split():
        unary(op, getattr(torch, op))
    for op in "log sqrt rsqrt reciprocal".split():
        unary(op, getattr(torch, op), low=0.1)
    unary("silu", F.silu, low=-6.0, high=6.0)
    for kind, function in {
        "erf": lambda x, kind: F.gelu(x),
        "tanh": lambda x, kind: F.gelu(x, approximate="tanh"),
        "quick": lambda x, kind: x * torch.sigmoid(1.702 * x),
    }.items():
        case("elementwise", "gelu", function, {"x": numbers(4, 8, low=-5, high=5), "kind": kind})
    case("elementwise", "logical_not", torch.logical_not, {"x": flags(3, 5)})
    case("elementwise", "clamp", lambda x, min, max: x.clamp(min, max), {"x": numbers(4, 5), "min": -0.5, "max": 1.25})
    case("elementwise", "clamp", lambda x, max: x.clamp(max=max), {"x": numbers(9), "max": 0.25})
    # No element lies on a bound: there torch 2.13 and hire let the gradient through, torch 2.15 does not.
    case("elementwise", "clamp", lambda x, min: x.clamp(min=min), {"x": torch.tensor([-1.0, 0.75, 2.0]), "min": 0.5})

    for op in "add sub mul div maximum minimum".split():
        function = getattr(torch, op)
        for a, b in (((3, 5), (3, 5)), ((2, 3, 4), (4,)), ((3, 1), (1, 4))):
            high = 2.0
            low = 0.25 if op == "div" else -2.0
            case(
                "elementwise", op, lambda a, b, function=function: function(a, b),
                {"a": numbers(*a), "b": numbers(*b, low=low, high=high)})
    for op in "maximum minimum".split():
        case(
            "elementwise", op, lambda a, b, function=getattr(torch, op): function(a, b),
            {"a": torch.tensor([1.0, 2.0, 3.0]), "b": torch.tensor([1.0, 3.0, 2.0])})
    case("elementwise", "pow", lambda a, b: torch.pow(a, b),
         {"a": numbers(3, 4, low=0.1), "b": numbers(4)})
    # Where the formula has no value the derivative is 0.
    case("elementwise", "pow", lambda a, b: torch.pow(a, b),
         {"a": torch.tensor([0.0, 0.0, 2.0]), "b": torch.tensor([2.0, 0.0, 0.0])})
    for exponent in (2.0, 0.5, -0.5, -1.0, 3.0, 1.5, 0.0):
        case("elementwise", "pow", lambda a, b: torch.pow(a, b), {"a": numbers(5, low=0.1), "b": exponent})
    for op in "eq ne lt le gt ge".split():
        case(
            "elementwise", op, lambda a, b, op=op: getattr(torch, op)(a, b),
            {"a": torch.tensor([1.0, 2.0, 3.0]), "b": torch.tensor([[1.0, 3.0, 2.0], [0.0, 2.0, 9.0]])},
            constants=("a", "b"))
    case("elementwise", "where", lambda condition, a, b: torch.where(condition, a, b),
         {"condition": flags(3, 4), "a": numbers(3, 1), "b": numbers(4)})
    case("elementwise", "masked_fill", lambda x, mask, value: x.masked_fill(mask, value),
         {"x": numbers(3, 4), "mask": flags(4), "value": -7.0})


def creation():
    case("elementwise", "zeros", lambda shape: torch.zeros(shape), {"shape": [2, 3]})
    case("elementwise", "ones", lambda shape: torch.ones(shape), {"shape": [3]})
    case("elementwise", "full", lambda shape, value: torch.full(shape, value), {"shape": [2, 2], "value": 0.3})
    case("elementwise", "arange", lambda count: torch.arange(count), {"count": 7})


def reductions():
    table = {
        "sum": torch.sum, "mean": torch.mean, "amax": torch.amax, "amin": torch.amin,
        "logsumexp": torch.logsumexp, "norm": lambda x, dim, keepdim: torch.linalg.vector_norm(x, dim=dim, keepdim=keepdim),
        "var": lambda x, dim, keepdim: torch.var(x, dim=dim, keepdim=keepdim),
    }
    for op, function in table.items():
        for shape, dims, keep in (((2, 3, 7), [-1], False), ((2, 4, 3, 2), [0, 2], True), ((3, 5), None, False)):
            def run(x, keep_dims=False, dims=None, function=function):
                axes = list(range(x.dim())) if dims is None else dims
                return function(x, dim=axes, keepdim=keep_dims)

            inputs = {"x": numbers(*shape), "keep_dims": keep}
            if dims is not None:
                inputs["dims"] = dims
            case("reductions", op, run, inputs)
    case("reductions", "var", lambda x, dims, unbiased: torch.var(x, dim=dims, unbiased=unbiased),
         {"x": numbers(3, 5), "dims": [1], "unbiased": False})
    case("reductions", "amax", lambda x, dims: torch.amax(x, dim=dims),
         {"x": torch.tensor([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]]), "dims": [1]})
    case("reductions", "norm", lambda x, dims: torch.linalg.vector_norm(x, dim=dims),
         {"x": torch.tensor([[0.0, 0.0], [3.0, 4.0]]), "dims": [1]})
    case("reductions", "logsumexp", lambda x, dims: torch.logsumexp(x, dim=dims),
         {"x": torch.tensor([[100.0, 101.0], [-100.0, -101.0]]), "dims": [1]})
    case("reductions", "argmax", lambda x, dim: torch.argmax(x, dim=dim), {"x": numbers(3, 7), "dim": 1}, constants=("x",))
    case("reductions", "argmax", lambda x, dim, keep_dims: torch.argmax(x, dim=dim, keepdim=keep_dims),
         {"x": numbers(4, 3), "dim": 0, "keep_dims": True}, constants=("x",))
    case("reductions", "cumsum", lambda x, dim: torch.cumsum(x, dim), {"x": numbers(3, 7), "dim": -1})
    case("reductions", "cumsum", lambda x, dim: torch.cumsum(x, dim), {"x": numbers(4, 3, 2), "dim": 0})


def products():
    for a, b in (((5, 7), (7, 4)), ((4,), (4,)), ((4,), (2, 4, 3)), ((2, 3, 4), (4,)), ((2, 3, 4), (2, 4, 5)),
                 ((2, 3, 4), (4, 2)), ((2, 1, 3, 4), (3, 4, 2)), ((3, 4), (2, 4, 2))):
        case("products", "matmul", lambda a, b: torch.matmul(a, b), {"a": numbers(*a), "b": numbers(*b)})
    case("products", "linear", lambda x, weight: F.linear(x, weight), {"x": numbers(5, 6), "weight": numbers(4, 6)})
    case("products", "linear", lambda x, weight, bias: F.linear(x, weight, bias),
         {"x": numbers(2, 3, 6), "weight": numbers(4, 6), "bias": numbers(4)})


def movement():
    def move(op, function, **inputs):
        case("movement", op, function, inputs)

    move("reshape", lambda x, shape: x.reshape(shape), x=numbers(2, 3, 4), shape=[4, -1])
    move("permute", lambda x, dims: x.permute(dims), x=numbers(2, 3, 4), dims=[2, 0, 1])
    move("transpose", lambda x, first, second: x.transpose(first, second), x=numbers(2, 3, 4), first=0, second=-1)
    move("squeeze", lambda x: x.squeeze(), x=numbers(1, 3, 1))
    move("squeeze", lambda x, dim: x.squeeze(dim), x=numbers(1, 3, 1), dim=0)
    move("unsqueeze", lambda x, dim: x.unsqueeze(dim), x=numbers(3, 2), dim=-1)
    move("expand", lambda x, shape: x.expand(shape), x=numbers(3, 1), shape=[2, 3, 4])
    move("slice", lambda x, dim, start, end: x[:, start:end], x=numbers(3, 7), dim=1, start=2, end=5)
    move("slice", lambda x, dim, start, step: x[:, start::step], x=numbers(3, 7), dim=1, start=1, step=2)
    move("slice", lambda x, dim, start, end: x[start:end], x=numbers(5, 2), dim=0, start=-3, end=-1)
    move("select", lambda x, dim, index: x.select(dim, index), x=numbers(2, 3, 4), dim=1, index=-1)
    move("flatten", lambda x, to: x.flatten(0, to), x=numbers(2, 3, 4), to=1)
    move("split", lambda x, dim, sizes: list(torch.split(x, sizes, dim)), x=numbers(2, 6), dim=1, sizes=[1, 3, 2])
    move("chunk", lambda x, count, dim: list(torch.chunk(x, count, dim)), x=numbers(2, 7), count=3, dim=1)
    move("cat", lambda tensors, dim: torch.cat(tensors, dim), tensors=[numbers(2, 1, 3), numbers(2, 4, 3)], dim=1)
    move("stack", lambda tensors, dim: torch.stack(tensors, dim), tensors=[numbers(2, 3), numbers(2, 3)], dim=-1)
    move("contiguous", lambda x: x.contiguous(), x=numbers(2, 3))
    case("movement", "to", lambda x, dtype: x.to(torch.float16).float(), {"x": numbers(3, 4), "dtype": "float16"},
         constants=("x",))
    case("movement", "to", lambda x, dtype: x.to(torch.bfloat16).float(), {"x": numbers(3, 4), "dtype": "bfloat16"},
         constants=("x",))
    case("movement", "to", lambda x, dtype: x.to(torch.int32), {"x": numbers(3, 4), "dtype": "int32"},
         constants=("x",))
    move("flip", lambda x, dims: x.flip(dims), x=numbers(2, 3, 4), dims=[0, 2])
    move("repeat", lambda x, repeats: x.repeat(repeats), x=numbers(2, 3), repeats=[2, 1, 3])
    move("repeat_interleave", lambda x, count, dim: x.repeat_interleave(count, dim), x=numbers(2, 3, 2), count=2, dim=1)
    for mode, name in {"zero": "constant", "reflect": "reflect", "replicate": "replicate"}.items():
        move("pad", lambda x, border, mode, name=name: F.pad(x, (border[2], border[3], border[0], border[1]), mode=name),
             x=numbers(1, 2, 3, 4), border=[1, 2, 3, 0], mode=mode)

    move("index_select", lambda x, dim, indices: x.index_select(dim, indices),
         x=numbers(5, 3), dim=0, indices=torch.tensor([4, 0, 4, 2]))
    move("gather", lambda x, dim, indices: x.gather(dim, indices), x=numbers(4, 5), dim=1, indices=indices(3, 6, below=5))
    move("scatter_add", lambda x, dim, indices, source: x.scatter_add(dim, indices, source),
         x=numbers(3, 4), dim=1, indices=indices(3, 6, below=4), source=numbers(3, 6))
    move("index_add", lambda x, dim, indices, source: x.index_add(dim, indices, source),
         x=numbers(2, 4), dim=-1, indices=torch.tensor([1, 3, 1]), source=numbers(2, 3))
    move("embedding", lambda weight, ids: F.embedding(ids, weight),
         weight=numbers(7, 4), ids=torch.tensor([[1, 6, 1], [0, 3, 3]]))


def maps():
    def convolution(x, weight, bias, **settings):
        inputs = {"x": numbers(*x), "weight": numbers(*weight, low=-1, high=1)}
        if bias:
            inputs["bias"] = numbers(bias)
        case("maps", "conv2d", lambda x, weight, bias=None: F.conv2d(x, weight, bias, **settings), inputs, **settings)

    convolution((2, 3, 5, 6), (4, 3, 3, 3), 4)
    convolution((1, 2, 7, 8), (3, 2, 3, 2), None, stride=[2, 3], padding=[1, 0])
    convolution((2, 3, 3, 4), (5, 3, 1, 1), 5)
    convolution((1, 3, 8, 8), (4, 3, 4, 4), 4, stride=4)
    convolution((1, 4, 5, 5), (6, 2, 3, 3), 6, groups=2, padding=1)
    convolution((2, 3, 5, 4), (3, 1, 3, 3), None, groups=3, padding=1)
    convolution((1, 2, 7, 7), (2, 2, 3, 3), None, dilation=[2, 1], padding=[2, 1])

    def transposed(x, weight, bias, **settings):
        case("maps", "conv_transpose2d",
             lambda x, weight, bias: F.conv_transpose2d(x, weight, bias, **settings),
             {"x": numbers(*x), "weight": numbers(*weight, low=-1, high=1), "bias": numbers(bias)}, **settings)

    transposed((1, 3, 3, 4), (3, 2, 3, 3), 2)
    transposed((1, 2, 3, 4), (2, 2, 3, 3), 2, stride=[2, 3], padding=1, output_padding=[1, 2])
    transposed((1, 4, 3, 3), (4, 2, 2, 2), 4, stride=2, groups=2)

    for op, function in {"max_pool2d": F.max_pool2d, "avg_pool2d": F.avg_pool2d}.items():
        for shape, settings in (((1, 2, 5, 7), {"kernel": [2, 3]}), ((1, 2, 6, 5), {"kernel": 3, "stride": 2, "padding": 1})):
            case("maps", op,
                 lambda x, kernel, stride=None, padding=0, function=function: function(x, kernel, stride, padding),
                 {"x": numbers(*shape), **settings})
    for shape, size in (((1, 2, 6, 8), [3, 4]), ((1, 1, 9, 7), [4, 3]), ((1, 1, 2, 3), [3, 5])):
        case("maps", "adaptive_avg_pool2d", lambda x, size: F.adaptive_avg_pool2d(x, size),
             {"x": numbers(*shape), "size": size})

    def resize(shape, size, mode, antialias=False):
        aligned = {"align_corners": False} if mode in ("bilinear", "bicubic") else {}
        inputs = {"x": numbers(*shape), "size": size, "mode": mode}
        if antialias:
            inputs["antialias"] = True
        case("maps", "interpolate",
             lambda x, size, mode, antialias=False: F.interpolate(x, size=size, mode=mode, antialias=antialias, **aligned),
             inputs)

    for mode in ("nearest", "bilinear", "bicubic", "area"):
        resize((1, 2, 4, 5), [8, 10], mode)
        resize((1, 1, 4, 4), [7, 9], mode)
        resize((1, 1, 9, 8), [3, 5], mode)
    for mode in ("bilinear", "bicubic"):
        resize((1, 2, 9, 12), [4, 5], mode, antialias=True)
        resize((1, 1, 3, 4), [6, 5], mode, antialias=True)


def networks():
    for op, function in {"softmax": torch.softmax, "log_softmax": torch.log_softmax}.items():
        case("networks", op, lambda x, dim, function=function: function(x, dim), {"x": numbers(3, 7, high=9), "dim": -1})
        case("networks", op, lambda x, dim, function=function: function(x, dim), {"x": numbers(2, 5, 3), "dim": 1})
    for shape in ((3, 7), (2, 3, 16)):
        case("networks", "layer_norm",
             lambda x, weight, bias: F.layer_norm(x, x.shape[-1:], weight, bias),
             {"x": numbers(*shape), "weight": numbers(shape[-1]), "bias": numbers(shape[-1])})
    case("networks", "layer_norm", lambda x, epsilon: F.layer_norm(x, x.shape[-1:], eps=epsilon),
         {"x": numbers(3, 5), "epsilon": 0.01})
    case("networks", "rms_norm", lambda x, weight, epsilon: F.rms_norm(x, x.shape[-1:], weight, epsilon),
         {"x": numbers(2, 3, 8), "weight": numbers(8), "epsilon": 1e-6})
    case("networks", "group_norm", lambda x, groups, weight, bias: F.group_norm(x, groups, weight, bias),
         {"x": numbers(2, 4, 3, 2), "groups": 2, "weight": numbers(4), "bias": numbers(4)})
    case("networks", "batch_norm",
         lambda x, mean, variance, weight, bias: F.batch_norm(x, mean, variance, weight, bias, training=False),
         {"x": numbers(2, 3, 4, 2), "mean": numbers(3), "variance": numbers(3, low=0.5), "weight": numbers(3),
          "bias": numbers(3)}, constants=("mean", "variance"))

    def training(x, weight, bias):
        dims = [dim for dim in range(x.dim()) if dim != 1]
        return [F.batch_norm(x, None, None, weight, bias, training=True), x.detach().mean(dims),
                x.detach().var(dims, unbiased=False)]

    case("networks", "batch_norm_training", training, {"x": numbers(2, 3, 4, 2), "weight": numbers(3), "bias": numbers(3)})
    case("networks", "batch_norm_training", training, {"x": numbers(5, 2), "weight": numbers(2), "bias": numbers(2)})

    def entropy(x, targets, reduction, ignore_index=-100):
        loss = F.cross_entropy(x.reshape(-1, x.shape[-1]), targets.reshape(-1), ignore_index=ignore_index,
                               reduction=reduction)
        return loss.reshape(targets.shape) if reduction == "none" else loss

    for reduction in ("mean", "sum", "none"):
        case("networks", "cross_entropy", entropy,
             {"x": numbers(4, 6), "targets": torch.tensor([2, -100, 5, 0]), "reduction": reduction})
    case("networks", "cross_entropy", entropy,
         {"x": numbers(2, 3, 5), "targets": torch.tensor([[1, 0, 4], [0, 2, 3]]), "ignore_index": 0, "reduction": "mean"})

    def attention(q, k, v, mask=None, is_causal=False, scale=None, query_offset=0):
        if is_causal and query_offset:
            mask = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool).tril(query_offset)
            is_causal = False
        return F.scaled_dot_product_attention(
            q, k, v, attn_mask=mask, is_causal=is_causal, scale=scale, enable_gqa=q.shape[1] != k.shape[1])

    def heads(q, k, **settings):
        case("networks", "scaled_dot_product_attention", attention,
             {"q": numbers(*q), "k": numbers(*k), "v": numbers(*k), **settings})

    heads((2, 2, 3, 4), (2, 2, 5, 4))
    heads((1, 2, 4, 2), (1, 2, 4, 2), is_causal=True)
    heads((1, 2, 2, 4), (1, 2, 5, 4), is_causal=True, query_offset=3)
    heads((1, 4, 3, 2), (1, 2, 5, 2), scale=0.3)
    heads((1, 2, 3, 4), (1, 2, 3, 4), mask=torch.tensor([[True, False, False], [True, True, False], [False, True, True]]))
    heads((1, 2, 3, 4), (1, 2, 3, 4), mask=numbers(2, 3, 3))


def write(path, data):
    """Writes safetensors bytes with the header's keys in order, so that equal numbers give equal files."""
    length = int.from_bytes(data[:8], "little")
    header = json.dumps(json.loads(data[8:8 + length]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    path.write_bytes(len(header).to_bytes(8, "little") + header + data[8 + length:])


def main():
    torch.set_num_threads(1)
    for family in (creation, elementwise, reductions, products, movement, maps, networks):
        family()
    FOLDER.mkdir(exist_ok=True)
    for name, (tensors, cases) in families.items():
        metadata = {
            "torch": torch.__version__, "seed": str(SEED), "generator": "generate/ops.py",
            "cases": json.dumps(cases, separators=(",", ":")),
        }
        contiguous = {key: value.detach().contiguous() for key, value in tensors.items()}
        assert all(value.numel() == 0 or math.isfinite(float(value.float().abs().max())) for value in contiguous.values())
        write(FOLDER / f"{name}.safetensors", save(contiguous, metadata=metadata))
        print(f"{name}: {len(cases)} cases, {(FOLDER / f'{name}.safetensors').stat().st_size} bytes")


if __name__ == "__main__":
    main()
