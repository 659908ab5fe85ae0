"""Which models take part."""

from rekomenda.learning.recipe import Recipe, choose_recipes

COMPARE = ("random", "ease", "als")


def choose(algorithm="default", n_items=100, compare=COMPARE, **hyperparameters):
    return choose_recipes(
        algorithm, compare, hyperparameters, n_items=n_items, max_ease_items=500, seed=7
    )


def test_auto_is_the_blend_that_was_chosen():
    chosen = Recipe("blend", {"members": [{"algorithm": "als", "unheard": 1.0}]}, 7)
    candidate, beside, _ = choose_recipes(
        "auto", COMPARE, {}, chosen=chosen, n_items=100, max_ease_items=500, seed=7
    )
    assert candidate == chosen
    assert [recipe.algorithm for recipe in beside] == ["popularity", "random", "ease", "als"]


def test_with_nothing_chosen_the_default_is_ease_while_it_fits_in_memory():
    candidate, beside, left_out = choose()
    assert candidate == Recipe("ease", {}, 7)
    assert [recipe.algorithm for recipe in beside] == ["popularity", "random", "als"]
    assert left_out == ()


def test_above_the_limit_als_is_the_default_and_ease_is_left_out_and_said():
    candidate, beside, left_out = choose(n_items=501)
    assert candidate.algorithm == "als"
    assert [recipe.algorithm for recipe in beside] == ["popularity", "random"]
    assert left_out == ("ease",)


def test_popularity_takes_part_even_when_nobody_named_it():
    _, beside, _ = choose(compare=())
    assert [recipe.algorithm for recipe in beside] == ["popularity"]


def test_hyperparameters_go_to_the_model_they_are_for():
    candidate, beside, _ = choose("als", als={"n_factors": 8})
    assert candidate.hyperparameters == {"n_factors": 8}
    assert all(recipe.hyperparameters == {} for recipe in beside)


def test_a_recipe_survives_being_kept_in_a_manifest():
    recipe = Recipe("als", {"n_factors": 8, "alpha": 2.5}, 11)
    assert Recipe.from_json(recipe.to_json()) == recipe
