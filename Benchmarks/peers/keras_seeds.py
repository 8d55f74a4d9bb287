"""The networks of keras_networks, each round from fresh weights of the next seed."""

import itertools

import keras_networks


def lstm(settings):
    return _each_seed(keras_networks.lstm, settings)


def autoencoder(settings):
    return _each_seed(keras_networks.autoencoder, settings)


def policy(settings):
    return _each_seed(keras_networks.policy, settings)


def _each_seed(factory, settings):
    seeds = itertools.count(settings["seed"])
    return lambda: factory(settings | {"seed": next(seeds)})()
