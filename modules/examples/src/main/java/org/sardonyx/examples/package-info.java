/** Small programs that use Sardonyx as any program would. */
package org.sardonyx.examples;
