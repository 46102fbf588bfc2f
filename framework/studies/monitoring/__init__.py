"""What came of the decisions of a run's model: logged, joined with their outcomes, watched."""
