/** Programs that use the published artifacts as a stranger does. */
package org.sardonyx.examples;
