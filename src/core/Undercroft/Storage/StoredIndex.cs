using System.Text.Json.Serialization;
using Undercroft.Indexes;

namespace Undercroft;

/// <summary>An index as its collection's record holds it.</summary>
/// <param name="Definition">What it is over.</param>
/// <param name="IsReady">Whether every document is in it.</param>
/// <param name="IsNew">Whether it never was: then it is taken back where it cannot be built. One that is only being
/// filled anew stays.</param>
internal sealed record StoredIndex(
    IndexDefinition Definition,
    bool IsReady,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsNew = false);

/// <summary>The record of a collection's indexes, version 1 of its form.</summary>
/// <param name="Indexes">The indexes.</param>
/// <param name="Schema">The version of documents their entries are of; null where the collection has no versions, so
/// that they are of the documents as they are stored.</param>
internal sealed record StoredIndexesV1(
    IReadOnlyList<StoredIndex> Indexes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Schema = null);
