namespace Undercroft;

/// <summary>One change of a collection.</summary>
/// <typeparam name="T">The type of the documents.</typeparam>
/// <param name="Id">The document's id.</param>
/// <param name="Revision">The commit that wrote or deleted it.</param>
/// <param name="Document">The document as it is now; null where it was deleted.</param>
/// <param name="Cursor">Where to go on after a stop: nothing is lost; changes of the same page may come again.</param>
public sealed record DocumentChange<T>(string Id, Revision Revision, Document<T>? Document, FeedCursor Cursor);
