// The elementwise part of an LSTM step (Hochreiter, Schmidhuber 1997, with forget gate), gates in Keras' order i, f, c, o.

static void lstm_forward(const ck_lstm_step *s) {
    for (size_t row = 0; row < s->rows; row++) {
        float *gates = s->gates + row * 4 * s->units;
        for (size_t u = 0; u < s->units; u += LANES) {
            const size_t n = lanes_of(s->units - u), at = row * s->units + u;
            const floats input = sigmoid(load_some(gates + u, n));
            const floats forget = sigmoid(load_some(gates + s->units + u, n));
            const floats candidate = hyperbolic_tangent(load_some(gates + 2 * s->units + u, n));
            const floats output = sigmoid(load_some(gates + 3 * s->units + u, n));
            const floats before = s->previous_cell ? load_some(s->previous_cell + at, n) : broadcast(0);
            const floats cell = FMA(forget, before, input * candidate);
            const floats cell_tanh = hyperbolic_tangent(cell);
            store_some(gates + u, input, n);
            store_some(gates + s->units + u, forget, n);
            store_some(gates + 2 * s->units + u, candidate, n);
            store_some(gates + 3 * s->units + u, output, n);
            store_some(s->cell + at, cell, n);
            store_some(s->cell_tanh + at, cell_tanh, n);
            store_some(s->hidden + at, output * cell_tanh, n);
        }
    }
}

static void lstm_backward(const ck_lstm_step *s) {
    const floats one = broadcast(1);
    for (size_t row = 0; row < s->rows; row++) {
        float *gates = s->gates + row * 4 * s->units;
        for (size_t u = 0; u < s->units; u += LANES) {
            const size_t n = lanes_of(s->units - u), at = row * s->units + u;
            const floats input = load_some(gates + u, n), forget = load_some(gates + s->units + u, n);
            const floats candidate = load_some(gates + 2 * s->units + u, n);
            const floats output = load_some(gates + 3 * s->units + u, n);
            const floats before = s->previous_cell ? load_some(s->previous_cell + at, n) : broadcast(0);
            const floats cell_tanh = load_some(s->cell_tanh + at, n);

            floats hidden = s->output_gradient ? load_some(s->output_gradient + at, n) : broadcast(0);
            if (s->next_hidden_gradient) { hidden += load_some(s->next_hidden_gradient + at, n); }
            const floats cell = FMA(
                hidden * output, FMA(-cell_tanh, cell_tanh, one), load_some(s->cell_gradient + at, n));
            store_some(gates + u, cell * candidate * (input * (one - input)), n);
            store_some(gates + s->units + u, cell * before * (forget * (one - forget)), n);
            store_some(gates + 2 * s->units + u, cell * input * FMA(-candidate, candidate, one), n);
            store_some(gates + 3 * s->units + u, hidden * cell_tanh * (output * (one - output)), n);
            store_some(s->cell_gradient + at, cell * forget, n);
        }
    }
}
