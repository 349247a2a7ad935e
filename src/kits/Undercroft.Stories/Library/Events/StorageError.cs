namespace Undercroft.Stories;

/// <summary>Something has failed. Most calls throw the same error.</summary>
/// <param name="Operation">What failed: <c>save</c>, <c>load</c>, <c>delete</c>, <c>update-metadata</c>, <c>import</c>,
/// <c>clear</c>; or, with nothing thrown: <c>list</c> and <c>search</c>, which have passed over a story that cannot be
/// read; <c>follow</c>, of the changes of others; a <c>handler</c>.</param>
/// <param name="Id">The story; null where it is none or several.</param>
/// <param name="Error">The error.</param>
public sealed record StorageError(string Operation, string? Id, Exception Error) : StoryEvent;
