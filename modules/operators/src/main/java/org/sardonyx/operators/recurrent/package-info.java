/** LSTM, GRU and RNN: one driver over directions, lengths and layouts, one class a cell. */
@NullMarked
package org.sardonyx.operators.recurrent;

import org.jspecify.annotations.NullMarked;
