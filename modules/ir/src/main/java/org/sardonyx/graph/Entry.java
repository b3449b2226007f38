package org.sardonyx.graph;

/** A key and a value of metadata ({@code StringStringEntryProto}). */
public record Entry(String key, String value) {}
