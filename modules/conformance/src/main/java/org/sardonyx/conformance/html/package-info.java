/** Reports as one page that needs nothing else: tables, curves, and graphs with their errors. */
@NullMarked
package org.sardonyx.conformance.html;

import org.jspecify.annotations.NullMarked;
