"""The nets and the bundles: what can be asked, and what is known of each."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from tunelens.api.answers import Answer, answer
from tunelens.api.house import TheHouse
from tunelens.services import models

ROUTER = APIRouter(tags=["models"])
BundlePath = Annotated[
    str, Path(min_length=1, max_length=100, pattern=r"^[^/\\]+$", description="Name of a bundle.")
]


@ROUTER.get("/models", summary="List nets")
def list_nets(house: TheHouse) -> Answer:
    """List the pretrained nets, and which of them are here."""
    found = models.list_models(house.settings)
    return Answer(**answer({"models": [one.to_dict() for one in found]}))


@ROUTER.get("/bundles", summary="List bundles")
def list_bundles(house: TheHouse) -> Answer:
    """List the trained models that can be asked, your own first."""
    found = models.list_bundles(house.settings)
    return Answer(**answer({"bundles": [one.to_dict() for one in found]}))


@ROUTER.get("/bundles/{name}", summary="Show a bundle")
def show_bundle(house: TheHouse, name: BundlePath) -> Answer:
    """Show the card of a bundle and its manifest: what it predicts, from what, and how well."""
    card = models.card(models.named(name, house.settings), house.settings)
    return Answer(**answer(card.to_dict(), name))
