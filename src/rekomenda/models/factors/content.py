"""Content: tracks with few plays or none are placed by artist, genre, region, features and age.

Sources: Z. Gantner, L. Drumond, C. Freudenthaler, S. Rendle, L. Schmidt-Thieme, "Learning
Attribute-to-Feature Mappings for Cold-Start Recommendations", ICDM 2010, section III-B.2 (a linear
map from attributes to factors); B. Efron, C. Morris, "Stein's Estimation Rule and Its Competitors",
JASA 68(341), 1973 (each estimate is drawn towards that of its group, the less is known of it the
more). The factors themselves: `als`, the listener found in them: `factors.base`.

Item i was liked by n_i listeners and has factors y_i; w_i = n_i / (n_i + κ_t). Then

    p_i = a_iᵀ W,                          W = argmin Σ w_i |y_i - a_iᵀ W|² + λ |W|²
    d_a = Σ s_ia w_i (y_i - p_i) / (Σ s_ia w_i + κ_a)      over the tracks i of artist a
    v_i = w_i y_i + (1 - w_i) l_i (p_i + Σ_a s_ia d_a)

with a_i the attributes of the track, l_i what a release gains by being new, and s_ia artist a's share
of the track: 1 of n who take part in it, so mostly 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, FittedModel, Naming, ReasonKind
from rekomenda.domain.training import TrainingData
from rekomenda.errors import FitError
from rekomenda.language import Text
from rekomenda.models.additive import liking
from rekomenda.models.base import Algorithm, Arrays, Float32, Int32, knob
from rekomenda.models.blocks import one_blas_thread
from rekomenda.models.cost import Cost, Size, factorising
from rekomenda.models.factors.als import ALS
from rekomenda.models.factors.attributes import attributes_of, one_hot
from rekomenda.models.factors.base import Factors
from rekomenda.models.factors.release_lift import release_lift

Float64 = NDArray[np.float64]

STRANGERS_FROM: Final = 20_000
"""Listeners, evenly spread over all, from whom the taste of people without plays is taken."""


@dataclass(frozen=True)
class Content(Algorithm):
    """Place every track by its own plays as far as there are any, else by what is known of it.

    Parameters
    ----------
    n_factors : int, default 64
        As `als`, whose factors it starts from.
    n_iterations : int, default 8
        As `als`.
    regularization : float, default 50.0
        As `als`.
    alpha : float, default 10.0
        As `als`.
    track_prior : float, default 10.0
        κ_t > 0: a track with so many listeners is placed half by them and half by what it is.
    artist_prior : float, default 1.0
        κ_a > 0: an artist with so many well-known tracks is placed half by those and half by
        genre, region and features.
    attribute_penalty : float, default 10.0
        λ > 0 of the regression on attributes, in well-known tracks.
    release_exponent : float, default 0.35
        How the score grows with popularity: l = (times as popular)^exponent. Over tracks with 5 to
        20 listeners or more, the length of a track's factors along its prior grows with the
        power 0.30 to 0.45 of its listeners. 0: nothing is gained by being new.
    region_prior : float, default 10.0
        A region with so many listeners has half its own mean taste, half everybody's; that is
        what people without plays are taken to like.

    Notes
    -----
    Every track of the catalogue gets a score, those that nobody played too. Time: that of `als`,
    and (G + R + F)³ for the regression. Memory: that of `als`, and 40 bytes for each item and
    factor.
    """

    algorithm: ClassVar[str] = "content"

    n_factors: int = knob(64, least=1)
    n_iterations: int = knob(8, least=1)
    regularization: float = knob(50.0, above=0)
    alpha: float = knob(10.0, least=0)
    track_prior: float = knob(10.0, above=0)
    artist_prior: float = knob(1.0, above=0)
    attribute_penalty: float = knob(10.0, above=0)
    release_exponent: float = knob(0.35, least=0, most=1)
    region_prior: float = knob(10.0, least=0)

    def _cost(self, size: Size) -> Cost:
        return factorising(size, self.n_factors, self.n_iterations)

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:
        learned = ALS(
            n_factors=self.n_factors,
            n_iterations=self.n_iterations,
            regularization=self.regularization,
            frequency_scaling=0.0,  # popularity is in the length of the factors, where it is lifted
            alpha=self.alpha,
        ).fit(data, seed=seed)
        assert isinstance(learned, Factors), "ALS learns factors"
        try:
            placed = Factors.of(
                self.algorithm,
                self.place(learned.item_factors, data),
                regularization=self.regularization,
                alpha=learned.alpha,
            )
        except np.linalg.LinAlgError as error:
            raise FitError(
                algorithm=self.algorithm,
                detail=Text(
                    en=f"regularization = {self.regularization:g} is too small for these plays",
                    pt=f"regularization = {self.regularization:g} é pequeno demais para estes plays",
                ),
            ) from error
        tastes = self._tastes_of_strangers(placed, data)
        return ContentFactors(**vars(placed), strangers=tastes)

    def place(self, item_factors: Float32, data: TrainingData) -> Float32:
        """Return v of every track, (I, K), from y (I, K)."""
        own = item_factors.astype(np.float64)
        weight = self._weights(data.interactions.histories)[:, None]
        catalogue = data.catalogue
        attributes = attributes_of(catalogue)
        with one_blas_thread():
            weighted = attributes * weight
            gram = (weighted.T @ attributes).toarray()
            gram[np.diag_indices_from(gram)] += self.attribute_penalty
            prior: Float64 = attributes @ np.linalg.solve(gram, weighted.T @ own)
        member = catalogue.artists_of.matrix(len(catalogue.artists))
        apart = member.T @ (weight * (own - prior)) / (member.T @ weight + self.artist_prior)
        prior += member @ apart
        prior *= release_lift(data, self.track_prior)[:, None] ** self.release_exponent
        return (weight * own + (1 - weight) * prior).astype(np.float32)

    def _weights(self, histories: Histories) -> Float64:
        """Return w of every track, (I,): implied tastes say nothing of a track's own sound."""
        liked = histories.items[(histories.weights > 0) & histories.known]
        listeners = np.bincount(liked, minlength=histories.n_items)
        return np.asarray(listeners / (listeners + self.track_prior))

    def _tastes_of_strangers(self, placed: Factors, data: TrainingData) -> Float32:
        """Return the mean factors of everybody, then of each region, (R + 1, K)."""
        histories, n_regions = data.interactions.histories, len(data.catalogue.regions)
        liked = np.bincount(histories.users_of_cells, histories.weights > 0, len(histories)) > 0
        rows = np.flatnonzero(liked)
        rows = rows[:: -(-len(rows) // STRANGERS_FROM)]
        with one_blas_thread():
            tastes = placed.user_factors(histories.rows(rows)).astype(np.float64)
        member = one_hot(histories.region[rows], n_regions)
        total, count = member.T @ tastes, member.T @ np.ones((len(rows), 1))
        everybody = tastes.mean(axis=0)
        regions = (total + self.region_prior * everybody) / np.maximum(
            count + self.region_prior, 1e-30
        )
        regions[count[:, 0] == 0] = everybody
        return np.vstack([everybody, regions]).astype(np.float32)

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays."""
        return ContentFactors(
            self.algorithm,
            arrays["item_factors"],
            arrays["whitened"],
            float(arrays["alpha"][0]),
            arrays["strangers"],
        )


@dataclass(frozen=True, eq=False)
class ContentFactors(Factors):
    """Factors of every track, and a taste for whoever has none of their own.

    Parameters
    ----------
    strangers : ndarray of float32, shape (R + 1, K)
        What people without a liked track are taken to like: row 0 where the region is unknown,
        row r + 1 in region r.
    """

    strangers: Float32

    def user_factors(self, histories: Histories) -> Float32:
        """Return z of each listener, (B, K); their region's where nothing is liked."""
        factors = super().user_factors(histories)
        stranger = ~liking(histories)
        factors[stranger] = self.strangers[histories.region[stranger] + 1]
        return factors

    def _speaks(self, histories: Histories) -> NDArray[np.bool_]:
        """Strangers have tastes too."""
        return np.ones(len(histories), np.bool_)

    def _explained(self, histories: Histories, items: Int32, naming: Naming | None) -> Evidence:
        """Name the cell that contributes most; for strangers their region, or everybody."""
        evidence = super()._explained(histories, items, naming)
        local = np.where(histories.region >= 0, ReasonKind.POPULAR_IN_REGION, ReasonKind.POPULAR)
        known = (items >= 0) & self.known[np.maximum(items, 0)]
        stranger = ~liking(histories)[:, None] & known
        return Evidence(
            kind=np.where(stranger, local[:, None], evidence.kind).astype(np.uint8),
            subject=np.where(stranger, histories.region[:, None], evidence.subject),
            share=evidence.share,
        )

    def arrays(self) -> Arrays:
        """Return the arrays of `Factors` and `strangers`, (R + 1, K) float32."""
        return {**super().arrays(), "strangers": self.strangers}
