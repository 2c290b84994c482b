"""The nets themselves: any length, gradients everywhere, able to learn by heart."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tunelens.models.catalogue import MODELS
from tunelens.models.nets.catalogue import FAMILIES, Size

NETS = list(FAMILIES)
SMALL = {"width": 16, "n_layers": 2}


def net(name: str, t: int = 33, d: int = 10, k: int = 3, dropout: float = 0.0) -> torch.nn.Module:
    torch.manual_seed(0)
    return FAMILIES[name].net(Size(t, d, k, **SMALL, dropout=dropout))


def test_every_net_is_a_model() -> None:
    assert {name for name in MODELS if MODELS[name].extra == "train"} == set(NETS)
    assert len(NETS) == 6


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 1, 40), (3, 33, 10), (2, 100, 1), (1, 17, 257)])
def test_every_shape_gives_one_row_of_scores_each(name: str, shape: tuple[int, int, int]) -> None:
    n, t, d = shape
    scores = net(name, t, d).eval()(torch.randn(n, t, d))
    assert scores.shape == (n, 3)
    assert torch.isfinite(scores).all()


@pytest.mark.parametrize("name", [name for name in NETS if FAMILIES[name].any_length])
def test_nets_that_say_so_take_any_length(name: str) -> None:
    made = net(name).eval()
    assert all(made(torch.randn(2, t, 10)).shape == (2, 3) for t in (1, 2, 7, 64))


@pytest.mark.parametrize("name", NETS)
def test_a_row_does_not_depend_on_its_neighbours(name: str) -> None:
    made, X = net(name).eval(), torch.randn(4, 33, 10)
    torch.testing.assert_close(made(X)[1:2], made(X[1:2]), atol=1e-6, rtol=0)


@pytest.mark.parametrize("name", NETS)
def test_gradients_reach_every_weight(name: str) -> None:
    made = net(name).train()
    made(torch.randn(8, 33, 10)).square().sum().backward()
    still = [key for key, one in made.named_parameters() if one.grad is None or not one.grad.abs().max() > 0]
    assert not still


@pytest.mark.parametrize("name", NETS)
def test_gradients_reach_every_frame_and_feature(name: str) -> None:
    """What is not looked at cannot be learned."""
    made, X = net(name).eval(), torch.randn(64, 33, 10, requires_grad=True)
    made(X).square().sum().backward()
    assert X.grad is not None
    assert (X.grad.abs().mean(dim=0) > 0).all()


@pytest.mark.parametrize("name", NETS)
def test_it_learns_a_batch_of_noise_by_heart(name: str) -> None:
    torch.manual_seed(1)
    X, y = torch.randn(6, 33, 10), torch.tensor([0, 1, 2, 2, 1, 0])
    made = net(name).train()
    optimizer = torch.optim.Adam(made.parameters(), lr=0.01)
    for _ in range(120):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(made(X), y)
        loss.backward()
        optimizer.step()
        if loss.item() < 0.01:
            return
    pytest.fail(f"the loss is still {loss.item():.3f}")


def test_dropout_forgets_while_training_only() -> None:
    made, X = net("lstm", dropout=0.5), torch.randn(2, 33, 10)
    assert not torch.equal(made.train()(X), made(X))
    assert torch.equal(made.eval()(X), made(X))


def test_the_transformer_knows_places() -> None:
    """Attention alone would not: the same frames in another order must give other scores."""
    made, X = net("ast", t=64).eval(), torch.randn(1, 64, 10)
    turned = torch.cat([X[:, 32:], X[:, :32]], dim=1)
    assert not torch.allclose(made(X), made(turned), atol=1e-4)
    with torch.no_grad():
        made.place.zero_()
    np.testing.assert_allclose(made(X).detach(), made(turned).detach(), atol=1e-5)
