"""The training studio: what may be chosen, and the jobs that train, judge, compare and report."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tunelens.api.answers import Answer, answer, example
from tunelens.api.guard import TheUser
from tunelens.api.house import House, TheHouse
from tunelens.api.language import Language
from tunelens.api.parameters import MOST_QUERY
from tunelens.api.routes.jobs import SHOWN, accepted
from tunelens.api.sound import GivenPath, Id
from tunelens.services import studio
from tunelens.services.jobs import Context

ROUTER = APIRouter(tags=["studio"])

Short = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Recipe = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Title = Annotated[str, StringConstraints(max_length=200)]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
DATASET: Any = {"query": "has:genre", "label": "genre"}


class Dataset(BaseModel):
    """What to learn from: a folder or table inside the roots, this library, or a table that was uploaded."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [DATASET]})

    path: GivenPath | None = Field(None, description="Folder or table inside the roots.")
    query: str | None = Field(None, max_length=MOST_QUERY, description="Tracks of the library; empty is all.")
    upload: Id | None = Field(None, description="A table that `POST /uploads` has taken.")
    reader: Short | None = Field(None, description="How it is read; told from the content if left out.")
    label: Short | None = Field(None, description="Column or field that holds the label.")
    kind: Literal["single", "multi", "hierarchical", "continuous"] | None = None
    group: Short | None = Field(None, description="Column that rows of one origin share, say `artist`.")


class Look(BaseModel):
    """What is to be looked at."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"dataset": DATASET}]})

    dataset: Dataset


class Judge(BaseModel):
    """How a model is judged."""

    model_config = ConfigDict(extra="forbid")

    dataset: Dataset
    input: Short | None = Field(None, description="What the model is given, say `embedding`.")
    balance: Short = Field("none", description="What is done about rare classes.")
    tune: int = Field(0, ge=0, le=200, description="Trials of a search inside the training folds.")
    protocol: Short | None = Field(None, description="How rows are kept apart; the most honest way.")
    group: Short | None = Field(None, description="What keeps rows on one side, say `artist`.")
    n_folds: int = Field(5, ge=2, le=20, description="Parts in which the data is judged.")
    seed: Seed = 0
    clusters: bool = Field(True, description="Look for copies of one recording and keep them together.")


class Train(Judge):
    """A model of your own."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"dataset": DATASET, "model": "logistic", "name": "my-genres"}]},
    )

    model: Recipe = Field("logistic", description="Model, say `svm` or `svm:C=10`.")
    name: Annotated[str, StringConstraints(pattern=r"^[\w-][\w .-]{0,99}$")] = Field(
        description="Of the bundle."
    )
    coverage: float = Field(0.9, gt=0, lt=1, description="How often sets shall hold the truth.")
    allow_leaks: bool = Field(False, description="Train though the split leaks; figures are inflated.")
    force: bool = Field(False, description="Put it in the place of a bundle of this name.")


class Evaluate(Judge):
    """How good a model is, honestly."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"dataset": DATASET, "model": "svm", "beside_random": True}]},
    )

    model: Recipe = Field("logistic", description="Model, say `svm` or `svm:C=10`.")
    test_on: Dataset | None = Field(None, description="Learn from the dataset, be judged on this one.")
    seeds: int = Field(1, ge=1, le=20, description="How often all is drawn anew.")
    beside_random: bool = Field(False, description="Show the inflated figures of random folds too.")
    learning: bool = Field(False, description="Judge with parts of the training rows too.")


class Compare(Judge):
    """Models on the same folds."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"dataset": DATASET, "models": ["logistic", "knn"]}]},
    )

    models: list[Recipe] = Field([], max_length=50, description="Models; all that fit if there are none.")
    seeds: int = Field(1, ge=1, le=20, description="How often all is drawn anew.")


class Chart(BaseModel):
    """A chart: a table inside the roots, or one that was uploaded."""

    model_config = ConfigDict(extra="forbid")

    path: GivenPath | None = None
    upload: Id | None = None


class Against(BaseModel):
    """The music to compare with: the library by a query, or a folder or table inside the roots."""

    model_config = ConfigDict(extra="forbid")

    query: str | None = Field(None, max_length=MOST_QUERY)
    path: GivenPath | None = None


class Hits(BaseModel):
    """What the songs of a chart share."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"charts": [{"path": "charts/hot.csv"}], "language": "zh"}]},
    )

    charts: list[Chart] = Field(min_length=1, max_length=20, description="Put one after the other.")
    fields: list[Short] = Field([], max_length=30, description="`title=曲目`: which column a field is.")
    audio: GivenPath | None = Field(None, description="Folder with the sound of the songs.")
    against: Against | None = None
    language: Language = "en"
    how: Literal["hook", "first", "whole"] = "hook"
    duration_s: float = Field(15.0, ge=1, le=600, description="Length of hooks and first seconds.")
    features: Short = Field("auto", description="What songs are clustered by.")
    k: int | None = Field(None, ge=2, le=50, description="Clusters; the figures decide if left out.")
    seed: Seed = 0
    skip: list[Short] = Field([], max_length=20, description="Stages that are not wanted.")
    title: Title = Field("", description="What the chart is called in the report.")
    against_title: Title = Field("", description="What the reference is called.")


def _example(kind: str, request: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return example({**SHOWN, "kind": kind, "request": request}, SHOWN["id"], status=202)


@ROUTER.get("/studio", summary="What may be chosen")
def list_choices(house: TheHouse) -> Answer:
    """List readers, inputs, models, protocols, balancers, figures and stages, each with what it is."""
    return Answer(**answer(studio.choices(house.settings)))


@ROUTER.post("/studio/look", summary="Look at a dataset")
def look_at_dataset(house: TheHouse, body: Look) -> Answer:
    """Read the labels of a dataset and hear nothing: classes, groups, the most honest way to judge."""
    asked = body.dataset.model_dump()
    studio.check_dataset(asked)
    _check_place(house, body.dataset.path, body.dataset.upload)
    context = Context(house.library, house.settings, house.uploads.folder, house.roots, house.uploads)
    found = studio.look(asked, context)
    return Answer(**answer(found.to_dict(), found.name))


@ROUTER.post(
    "/jobs/train", summary="Train a model", status_code=202,
    responses=_example("train", {"dataset": DATASET, "name": "my-genres"}),
)  # fmt: skip
def train_model(house: TheHouse, user: TheUser, body: Train) -> Answer:
    """Train a model on your own labels, judge it honestly, and keep it as a bundle."""
    studio.check_recipe(body.model, body.balance, body.tune)
    return _queued(house, "train", body, user)


@ROUTER.post(
    "/jobs/evaluate", summary="Judge a model", status_code=202,
    responses=_example("evaluate", {"dataset": DATASET, "model": "svm"}),
)  # fmt: skip
def evaluate_model(house: TheHouse, user: TheUser, body: Evaluate) -> Answer:
    """Judge a model on rows that it has not seen; the job has the report as HTML, Markdown and JSON."""
    studio.check_recipe(body.model, body.balance, body.tune)
    return _queued(house, "evaluate", body, user)


@ROUTER.post(
    "/jobs/compare", summary="Compare models", status_code=202,
    responses=_example("compare", {"dataset": DATASET, "models": ["logistic", "knn"]}),
)  # fmt: skip
def compare_models(house: TheHouse, user: TheUser, body: Compare) -> Answer:
    """Judge several models on the same folds; the job has the report as HTML, Markdown and JSON."""
    for model in body.models:
        studio.check_recipe(model, body.balance, body.tune)
    return _queued(house, "compare", body, user)


@ROUTER.post(
    "/jobs/hits", summary="Report on a chart", status_code=202,
    responses=_example("hits", {"charts": [{"path": "charts/hot.csv"}]}),
)  # fmt: skip
def report_hits(house: TheHouse, user: TheUser, body: Hits) -> Answer:
    """Find out what the songs of a chart share and how they differ from other music."""
    studio.check_stages(body.skip)
    for chart in body.charts:
        _check_place(house, chart.path, chart.upload)
    for path in (body.audio, body.against.path if body.against else None):
        _check_place(house, path, None)
    return accepted(house, "hits", body.model_dump(), user)


def _queued(house: House, kind: str, body: Judge, user: str) -> Answer:
    for dataset in (body.dataset, getattr(body, "test_on", None)):
        if dataset is not None:
            studio.check_dataset(dataset.model_dump())
            _check_place(house, dataset.path, dataset.upload)
    return accepted(house, kind, body.model_dump(), user)


def _check_place(house: House, path: str | None, upload: str | None) -> None:
    if path is not None:
        house.roots.resolve(path)
    if upload is not None:
        house.uploads.get(upload)
