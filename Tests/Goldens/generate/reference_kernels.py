"""Prints the golden numbers of Tests/HireReferenceTests/PyTorchGoldenTests.swift.

Everything is float64; array i of a case is sin(step * k) over the flat index k, with the step written there.
Run with PyTorch (recorded with 2.13.0, CPU); prints sum, sum of squares, first three and last two elements.
"""

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def seq(shape, step, requires_grad=False):
    count = 1
    for extent in shape:
        count *= extent
    return torch.sin(step * torch.arange(count)).reshape(shape).requires_grad_(requires_grad)


def show(name, value):
    flat = value.detach().flatten()
    number = lambda x: f"{x.item():.9g}"
    print(
        f"{name}: sum: {number(flat.sum())}, squares: {number(flat.pow(2).sum())},"
        f" first: [{', '.join(map(number, flat[:3]))}], last: [{', '.join(map(number, flat[-2:]))}]"
    )


print("torch", torch.__version__)
x = seq((2, 4, 6, 5), 0.3)
w = seq((6, 2, 3, 2), 0.7)
b = seq((6,), 0.9)
show("conv2d", F.conv2d(x, w, b, stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2))
show("convTranspose2d", F.conv_transpose2d(seq((1, 4, 3, 3), 0.3), seq((4, 3, 2, 3), 0.7), stride=(2, 1), padding=(0, 1)))
show("maxPool2d", F.max_pool2d(x, (3, 2), stride=(2, 2), padding=(1, 1)))
show("avgPool2d", F.avg_pool2d(x, (3, 2), stride=(2, 2), padding=(1, 1)))
show("reflect", F.pad(x, (3, 1, 2, 0), mode="reflect"))
show("replicate", F.pad(x, (3, 1, 2, 0), mode="replicate"))
rows = seq((3, 7), 0.8)
show("softmax", F.softmax(3 * rows, -1))
show("logSoftmax", F.log_softmax(3 * rows, -1))
show("layerNorm", F.layer_norm(rows, (7,), seq((7,), 0.5), seq((7,), 0.6), 1e-3))
show("rmsNorm", F.rms_norm(rows, (7,), seq((7,), 0.5), 1e-3))
show("batchNorm", F.batch_norm(x, None, None, seq((4,), 0.5), seq((4,), 0.6), training=True, eps=1e-3))
show("crossEntropy", F.cross_entropy(3 * rows, torch.tensor([2, -100, 6]), reduction="none"))
for name, function in {
    "gelu": F.gelu,
    "geluTanh": lambda v: F.gelu(v, approximate="tanh"),
    "quickGelu": lambda v: v * torch.sigmoid(1.702 * v),
    "silu": F.silu,
    "sigmoid": torch.sigmoid,
    "erf": torch.erf,
    "round": torch.round,
}.items():
    show(name, function(3 * rows))
q, k, v = seq((2, 4, 3, 5), 0.3), seq((2, 2, 5, 5), 0.7), seq((2, 2, 5, 5), 0.9)
# Two cached keys in front: query i sees keys up to i + 2.
mask = torch.ones(3, 5, dtype=torch.bool).tril(2)
show(
    "attention",
    F.scaled_dot_product_attention(
        q, k.repeat_interleave(2, 1), v.repeat_interleave(2, 1), attn_mask=mask, scale=0.5
    ),
)
table = seq((3, 4), 0.3)
index = torch.tensor([[2, 0, 1], [1, 1, 2]])
show("gather", torch.gather(table, 0, index))
show("scatterAdd", seq((3, 4), 0.2).scatter_add(0, index, seq((2, 3), 0.4)))
show("cumulativeSum", torch.cumsum(table, 0))


def steps(make):
    parameter = torch.nn.Parameter(seq((5,), 0.3))
    optimizer = make([parameter])
    for step in range(3):
        parameter.grad = seq((5,), 0.4 + step)
        optimizer.step()
    return parameter


show("adamW", steps(lambda p: torch.optim.AdamW(p, lr=0.1, betas=(0.9, 0.99), eps=1e-6, weight_decay=0.05)))
show("sgd", steps(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.05)))
show("nesterov", steps(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.05, nesterov=True)))
