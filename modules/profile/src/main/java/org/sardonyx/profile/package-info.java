/** Where the time of a model goes: profiles, traces, events of the flight recorder. */
@NullMarked
package org.sardonyx.profile;

import org.jspecify.annotations.NullMarked;
