"""Operations of the API: studio.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from tunelens.client.caller import Caller


class StudioCalls(Caller):
    """Operations: studio."""

    def list_choices(self) -> dict[str, Any]:
        """What may be chosen.

        List readers, inputs, models, protocols, balancers, figures and stages, each with what it is.
        """
        return self._answer("GET", "/studio")

    def look_at_dataset(self, *, dataset: Mapping[str, Any]) -> dict[str, Any]:
        """Look at a dataset.

        Read the labels of a dataset and hear nothing: classes, groups, the most honest way to judge.

        Parameters
        ----------
        dataset : Mapping[str, Any]
        """
        return self._answer("POST", "/studio/look", body={"dataset": dataset})

    def train_model(
        self,
        *,
        dataset: Mapping[str, Any],
        name: str,
        input: str | None = None,
        balance: str | None = None,
        tune: int | None = None,
        protocol: str | None = None,
        group: str | None = None,
        n_folds: int | None = None,
        seed: int | None = None,
        clusters: bool | None = None,
        model: str | None = None,
        coverage: float | None = None,
        allow_leaks: bool | None = None,
        force: bool | None = None,
    ) -> dict[str, Any]:
        """Train a model.

        Train a model on your own labels, judge it honestly, and keep it as a bundle.

        Parameters
        ----------
        dataset : Mapping[str, Any]
        name : str
            Of the bundle.
        input : str
            What the model is given, say `embedding`.
        balance : str
            What is done about rare classes.
        tune : int
            Trials of a search inside the training folds.
        protocol : str
            How rows are kept apart; the most honest way.
        group : str
            What keeps rows on one side, say `artist`.
        n_folds : int
            Parts in which the data is judged.
        seed : int
        clusters : bool
            Look for copies of one recording and keep them together.
        model : str
            Model, say `svm` or `svm:C=10`.
        coverage : float
            How often sets shall hold the truth.
        allow_leaks : bool
            Train though the split leaks; figures are inflated.
        force : bool
            Put it in the place of a bundle of this name.
        """
        return self._answer(
            "POST",
            "/jobs/train",
            body={
                "dataset": dataset,
                "name": name,
                "input": input,
                "balance": balance,
                "tune": tune,
                "protocol": protocol,
                "group": group,
                "n_folds": n_folds,
                "seed": seed,
                "clusters": clusters,
                "model": model,
                "coverage": coverage,
                "allow_leaks": allow_leaks,
                "force": force,
            },
        )

    def evaluate_model(
        self,
        *,
        dataset: Mapping[str, Any],
        input: str | None = None,
        balance: str | None = None,
        tune: int | None = None,
        protocol: str | None = None,
        group: str | None = None,
        n_folds: int | None = None,
        seed: int | None = None,
        clusters: bool | None = None,
        model: str | None = None,
        test_on: Mapping[str, Any] | None = None,
        seeds: int | None = None,
        beside_random: bool | None = None,
        learning: bool | None = None,
    ) -> dict[str, Any]:
        """Judge a model.

        Judge a model on rows that it has not seen; the job has the report as HTML, Markdown and JSON.

        Parameters
        ----------
        dataset : Mapping[str, Any]
        input : str
            What the model is given, say `embedding`.
        balance : str
            What is done about rare classes.
        tune : int
            Trials of a search inside the training folds.
        protocol : str
            How rows are kept apart; the most honest way.
        group : str
            What keeps rows on one side, say `artist`.
        n_folds : int
            Parts in which the data is judged.
        seed : int
        clusters : bool
            Look for copies of one recording and keep them together.
        model : str
            Model, say `svm` or `svm:C=10`.
        test_on : Mapping[str, Any]
            Learn from the dataset, be judged on this one.
        seeds : int
            How often all is drawn anew.
        beside_random : bool
            Show the inflated figures of random folds too.
        learning : bool
            Judge with parts of the training rows too.
        """
        return self._answer(
            "POST",
            "/jobs/evaluate",
            body={
                "dataset": dataset,
                "input": input,
                "balance": balance,
                "tune": tune,
                "protocol": protocol,
                "group": group,
                "n_folds": n_folds,
                "seed": seed,
                "clusters": clusters,
                "model": model,
                "test_on": test_on,
                "seeds": seeds,
                "beside_random": beside_random,
                "learning": learning,
            },
        )

    def compare_models(
        self,
        *,
        dataset: Mapping[str, Any],
        input: str | None = None,
        balance: str | None = None,
        tune: int | None = None,
        protocol: str | None = None,
        group: str | None = None,
        n_folds: int | None = None,
        seed: int | None = None,
        clusters: bool | None = None,
        models: Sequence[str] | None = None,
        seeds: int | None = None,
    ) -> dict[str, Any]:
        """Compare models.

        Judge several models on the same folds; the job has the report as HTML, Markdown and JSON.

        Parameters
        ----------
        dataset : Mapping[str, Any]
        input : str
            What the model is given, say `embedding`.
        balance : str
            What is done about rare classes.
        tune : int
            Trials of a search inside the training folds.
        protocol : str
            How rows are kept apart; the most honest way.
        group : str
            What keeps rows on one side, say `artist`.
        n_folds : int
            Parts in which the data is judged.
        seed : int
        clusters : bool
            Look for copies of one recording and keep them together.
        models : Sequence[str]
            Models; all that fit if there are none.
        seeds : int
            How often all is drawn anew.
        """
        return self._answer(
            "POST",
            "/jobs/compare",
            body={
                "dataset": dataset,
                "input": input,
                "balance": balance,
                "tune": tune,
                "protocol": protocol,
                "group": group,
                "n_folds": n_folds,
                "seed": seed,
                "clusters": clusters,
                "models": models,
                "seeds": seeds,
            },
        )

    def report_hits(
        self,
        *,
        charts: Sequence[Mapping[str, Any]],
        fields: Sequence[str] | None = None,
        audio: str | None = None,
        against: Mapping[str, Any] | None = None,
        language: Literal["en", "zh"] | None = None,
        how: Literal["hook", "first", "whole"] | None = None,
        duration_s: float | None = None,
        features: str | None = None,
        k: int | None = None,
        seed: int | None = None,
        skip: Sequence[str] | None = None,
        title: str | None = None,
        against_title: str | None = None,
    ) -> dict[str, Any]:
        """Report on a chart.

        Find out what the songs of a chart share and how they differ from other music.

        Parameters
        ----------
        charts : Sequence[Mapping[str, Any]]
            Put one after the other.
        fields : Sequence[str]
            `title=曲目`: which column a field is.
        audio : str
            Folder with the sound of the songs.
        against : Mapping[str, Any]
        language : Literal['en', 'zh']
        how : Literal['hook', 'first', 'whole']
        duration_s : float
            Length of hooks and first seconds.
        features : str
            What songs are clustered by.
        k : int
            Clusters; the figures decide if left out.
        seed : int
        skip : Sequence[str]
            Stages that are not wanted.
        title : str
            What the chart is called in the report.
        against_title : str
            What the reference is called.
        """
        return self._answer(
            "POST",
            "/jobs/hits",
            body={
                "charts": charts,
                "fields": fields,
                "audio": audio,
                "against": against,
                "language": language,
                "how": how,
                "duration_s": duration_s,
                "features": features,
                "k": k,
                "seed": seed,
                "skip": skip,
                "title": title,
                "against_title": against_title,
            },
        )
