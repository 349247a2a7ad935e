namespace Undercroft.Jobs;
/// <summary>x</summary>
public sealed class JobPermanentException : Exception;
/// <summary>x</summary>
public sealed class JobRetryException : Exception;
/// <summary>x</summary>
public sealed class JobContext { /// <summary>x</summary>
public void Snooze() {} }
